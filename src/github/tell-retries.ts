import type { Octokit } from "@octokit/core";
import { RequestError } from "@octokit/request-error";
import { isTooLarge } from "./is-too-large.ts";
import type { RequestNotes } from "./request-notes.ts";

/** Answers that would be the same again; 429 waits by itself, and 501 is a decision. */
export const finalStatuses = [400, 401, 403, 404, 410, 422, 429, 451, 501];

/** Of @octokit/plugin-retry: so often a request is made again. */
const defaultRetries = 3;

/**
 * An octokit plugin to stand between @octokit/plugin-throttling and @octokit/plugin-retry, which
 * makes a request again after 1, 4 and 9 seconds and does not say so.
 */
export function tellRetries(octokit: Octokit): void {
  octokit.hook.error("request", (error, options) => {
    const notes = options.request as RequestNotes;
    if (notes.canBeHalved && isTooLarge(error)) notes.retries = 0;
    const { retryCount = 0, retries = defaultRetries } = notes;
    if (error instanceof RequestError && willRetry(error) && retryCount < retries) {
      notes.tell?.(`${reasonOf(error)}: asking again in ${(retryCount + 1) ** 2} s`);
    }
    throw error;
  });
}

function willRetry({ status }: RequestError): boolean {
  return status >= 400 && !finalStatuses.includes(status);
}

/** octokit gives network failures the status 500, too. */
function reasonOf({ response, status, message }: RequestError): string {
  return response ? `GitHub answered ${status}` : (message.split("\n")[0] ?? message);
}
