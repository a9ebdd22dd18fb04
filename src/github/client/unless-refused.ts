import { RequestError } from "@octokit/request-error";
import { isLimit } from "./explain-failure.ts";

/**
 * Whether GitHub refused the request itself with one of these statuses. A limit that is used up answers with 403 or
 * 429, and says nothing about the request.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function isRefusal(error: unknown, statuses: readonly number[]): error is RequestError {
  if (!(error instanceof RequestError) || !statuses.includes(error.status)) return false;
  return error.status !== 403 || !isLimit(error);
}

/** The answer, or `undefined` where GitHub refuses the request with one of these statuses. */
export async function unlessRefused<T>(
  statuses: readonly number[],
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isRefusal(error, statuses)) return undefined;
    throw error;
  }
}

/** The same for what may not exist, or may be hidden: GitHub answers 404 in both cases. */
export function unlessMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  return unlessRefused([404], ask);
}
