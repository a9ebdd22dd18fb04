import type { Octokit } from "@octokit/core";
import { RequestError } from "@octokit/request-error";
import { isTooLarge } from "./is-too-large.ts";
import type { RequestNotes } from "./request-notes.ts";

/** Answers that would be the same again; 429 waits by itself, and 501 is a decision. */
export const finalStatuses = [400, 401, 403, 404, 410, 422, 429, 451, 501];

/** Of @octokit/plugin-retry: so often a request is made again. */
const defaultRetries = 3;

/** Where nobody listens, or no such host is known: that seldom passes by itself within seconds. */
const retriesOfUnreachable = 2;
const unreachable: ReadonlySet<unknown> = new Set(["ECONNREFUSED", "ENOTFOUND"]);

/**
 * An octokit plugin to stand between @octokit/plugin-throttling and @octokit/plugin-retry, which
 * makes a request again after 1, 4 and 9 seconds and does not say so.
 */
export function tellRetries(octokit: Octokit): void {
  octokit.hook.error("request", (error, options) => {
    const notes = options.request as RequestNotes;
    if (notes.canBeHalved && isTooLarge(error)) notes.retries = 0;
    if (error instanceof RequestError && willRetry(error)) {
      const { failures = 0 } = notes;
      notes.failures = failures + 1;
      // The throttling plugin begins anew after each failure of GraphQL, and so would the pauses.
      notes.retryCount = failures;
      if (isUnreachable(error)) notes.retries ??= retriesOfUnreachable;
      if (failures < (notes.retries ?? defaultRetries)) {
        notes.tell?.(`${reasonOf(error, options.baseUrl)} in ${(failures + 1) ** 2} s`);
      }
    }
    throw error;
  });
}

function willRetry({ status }: RequestError): boolean {
  return status >= 400 && !finalStatuses.includes(status);
}

/** fetch wraps what the socket said. https://nodejs.org/api/errors.html#common-system-errors */
function isUnreachable({ cause }: RequestError): boolean {
  const inner = cause instanceof Error ? cause.cause : undefined;
  return inner instanceof Error && "code" in inner && unreachable.has(inner.code);
}

/** octokit gives network failures the status 500, too. */
function reasonOf({ response, status, message }: RequestError, baseUrl: string): string {
  if (response) return `GitHub answered ${status}: asking again`;
  const [reason] = message.split("\n");
  return `GitHub at ${baseUrl} does not answer (${reason}): trying again`;
}
