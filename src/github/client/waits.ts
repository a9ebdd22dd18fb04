import { UserError } from "../../user-error.ts";

/** The waits that GitHub's limits impose, and their end when a person stops the run. */
export interface Waits {
  /** @returns whether to wait; not any more once the run was stopped */
  begin(seconds: number): boolean;
  /** Holds a request back while another one waits: GitHub takes it amiss if more are made. */
  readonly untilOver: () => Promise<void>;
  /** Knows of requests that are on their way. */
  watch(send: typeof fetch): typeof fetch;
  /**
   * The answer, or a {@link UserError} when the run is stopped during a wait. What is on its way
   * then still arrives: a write is never left without its answer.
   */
  orStop<T>(answer: PromiseLike<T>): Promise<T>;
}

export function createWaits(signal: AbortSignal | undefined): Waits {
  let waitsUntil = 0;
  let onTheirWay = 0;
  const stopped = new Promise<never>((_, reject) => {
    const stop = async () => {
      if (waitsUntil <= Date.now()) return;
      while (onTheirWay > 0) await sleep(50);
      reject(new UserError("stopped while waiting for GitHub's budget; run again later"));
    };
    signal?.addEventListener("abort", () => void stop());
  });
  // Nobody may be waiting when it comes.
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
      onTheirWay += 1;
      try {
        return await send(input, init);
      } finally {
        onTheirWay -= 1;
      }
    },
    orStop: (answer) => Promise.race([answer, stopped]),
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
