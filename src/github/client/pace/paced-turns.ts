import { UserError } from "../../../user-error.ts";
import type { WritePace } from "./write-pace.ts";
import type { WriteTurn } from "./write-turns.ts";

interface PacedTurnsOptions {
  /** Called for long waits. */
  readonly onWait?: ((message: string) => void) | undefined;
  /** Aborted: writes that are waiting are not sent. */
  readonly signal?: AbortSignal | undefined;
}

/** In milliseconds. */
const longWait = 10_000;

/** Allows writes one after the other, each when the pace permits it. */
export function createPacedTurns(
  pace: WritePace,
  { onWait, signal }: PacedTurnsOptions,
): WriteTurn {
  let last = Promise.resolve();
  const take: WriteTurn = async (kind) => {
    for (let wait; (wait = pace.waitFor(kind, Date.now())) > 0;) {
      if (wait >= longWait && !signal?.aborted) {
        onWait?.(`GitHub's limit for writes is reached: waiting ${Math.ceil(wait / 1000)} s`);
      }
      await sleep(wait, signal);
    }
    pace.count(kind, Date.now());
  };
  return (kind) => {
    const turn = last.then(() => take(kind));
    // A write that was stopped does not block the next one.
    last = turn.catch(() => {});
    return turn;
  };
}

/** @throws {UserError} the run was stopped */
function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new UserError("stopped before it was written; run again"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop);
  });
}
