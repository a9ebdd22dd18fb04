import type { Octokit } from "@octokit/core";
import { RequestError } from "@octokit/request-error";
import { isTooLarge } from "./is-too-large.ts";
import type { RequestNotes } from "./request-notes.ts";

/** Statuses that a retry does not change; the throttling plugin handles 429. */
export const finalStatuses = [400, 401, 403, 404, 410, 422, 429, 451, 501];

/** How often @octokit/plugin-retry repeats a request. */
const defaultRetries = 3;

/** For hosts that do not exist or do not listen, which rarely changes within seconds. */
const retriesOfUnreachable = 2;
const unreachable: ReadonlySet<unknown> = new Set(["ECONNREFUSED", "ENOTFOUND"]);

/**
 * An octokit plugin between @octokit/plugin-throttling and @octokit/plugin-retry. The latter repeats a
 * request after 1, 4 and 9 seconds without reporting it.
 */
export function reportRetries(octokit: Octokit): void {
  octokit.hook.error("request", (error, options) => {
    const notes = options.request as RequestNotes;
    if (notes.canBeHalved && isTooLarge(error)) notes.retries = 0;
    if (error instanceof RequestError && willRetry(error)) {
      const { failures = 0 } = notes;
      notes.failures = failures + 1;
      // The throttling plugin restarts the request after each GraphQL failure, which would reset the pauses.
      notes.retryCount = failures;
      if (isUnreachable(error)) notes.retries ??= retriesOfUnreachable;
      if (failures < (notes.retries ?? defaultRetries)) {
        notes.report?.(`${reasonOf(error, options.baseUrl)} in ${(failures + 1) ** 2} s`);
      }
    }
    throw error;
  });
}

function willRetry({ status }: RequestError): boolean {
  return status >= 400 && !finalStatuses.includes(status);
}

/** fetch wraps the error of the socket. https://nodejs.org/api/errors.html#common-system-errors */
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
