import { UserError } from "../../../user-error.ts";

/** Waits until a write may be sent. */
export type WriteTurn = (kind: "write" | "content") => Promise<void>;

/**
 * Asks a budget that several processes share (src/operations/budget/write-budget.ts) before each write.
 *
 * @param url address of the budget; without it every write may be sent at once
 * @param signal aborted: writes that are waiting are not sent
 */
export function createWriteTurns(url: string | undefined, signal: AbortSignal): WriteTurn {
  const assertGoing = () => {
    if (signal.aborted) throw new UserError("stopped before it was written; run again");
  };
  return async (kind) => {
    if (url === undefined) return;
    for (let status = later; status === later;) {
      assertGoing();
      status = await ask(`${url}?kind=${kind}`, signal);
    }
    assertGoing();
  };
}

/** The budget's answer when the client has to ask again. */
const later = 202;

/** When the budget's process was killed, this client's own pace is enough. */
async function ask(url: string, signal: AbortSignal): Promise<number> {
  try {
    return (await fetch(url, { method: "POST", signal })).status;
  } catch {
    return 0;
  }
}
