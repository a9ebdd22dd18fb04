import { UserError } from "../../../user-error.ts";

/** The waits that GitHub's limits impose; they end when a person stops the run. */
export interface Waits {
  /** @returns whether to wait; false after the run was stopped */
  begin(seconds: number): boolean;
  /** Delays a request while another one waits: GitHub may block clients that continue to send requests. */
  readonly untilOver: () => Promise<void>;
  /** Counts the requests that have no answer yet. */
  watch(send: typeof fetch): typeof fetch;
  /**
   * The answer, or a {@link UserError} when the run is stopped during a wait. Requests that were sent still
   * get their answer: the result of every write is known.
   */
  orStop<T>(answer: PromiseLike<T>): Promise<T>;
}

export function createWaits(signal: AbortSignal | undefined): Waits {
  let waitsUntil = 0;
  let unanswered = 0;
  const stopped = new Promise<never>((_, reject) => {
    const stop = async () => {
      if (waitsUntil <= Date.now()) return;
      while (unanswered > 0) await sleep(50);
      reject(new UserError("stopped while waiting for GitHub's budget; run again later"));
    };
    signal?.addEventListener("abort", () => void stop());
  });
  // Without a waiting request, the rejection is not handled elsewhere.
  stopped.catch(() => {});
  return {
    begin(seconds) {
      if (signal?.aborted) return false;
      waitsUntil = Math.max(waitsUntil, Date.now() + seconds * 1000);
      return true;
    },
    async untilOver() {
      for (let left; (left = waitsUntil - Date.now()) > 0;)
        await Promise.race([sleep(left), stopped]);
    },
    watch: (send) => async (input, init) => {
      unanswered += 1;
      try {
        return await send(input, init);
      } finally {
        unanswered -= 1;
      }
    },
    orStop: (answer) => Promise.race([answer, stopped]),
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
