import type { Run } from "../records/run-record.ts";

/**
 * What runs goes on after a cancellation if its condition is still true, as with `always()`; a forced
 * cancellation and a time-out end it in any case.
 * @param signal aborts when the run, the job or the step around it is cancelled
 * @param isWanted evaluates the condition again, once `signal` has aborted
 * @returns what `work` returns
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation
 */
export async function untilUnwanted<T>(
  { forced }: Run,
  signal: AbortSignal,
  isWanted: () => boolean,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const end = (): void => own.abort();
  const cancel = (): void => {
    const { name } = signal.reason as { name?: string };
    try {
      if (name === "TimeoutError" || !isWanted()) end();
    } catch {
      // Like the runner: a condition that cannot be evaluated is not true.
      end();
    }
  };
  forced.signal.addEventListener("abort", end, { once: true });
  // What starts after the cancellation does so because of its condition.
  if (!signal.aborted) signal.addEventListener("abort", cancel, { once: true });
  try {
    return await work(own.signal);
  } finally {
    forced.signal.removeEventListener("abort", end);
    signal.removeEventListener("abort", cancel);
  }
}
