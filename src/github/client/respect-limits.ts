import type { Octokit } from "@octokit/core";
import type { OctokitOptions } from "@octokit/core/types";
import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { RequestNotes } from "./request-notes.ts";

/** Where GitHub does not say how long to wait: the first pause, which doubles each time. */
const shortestPauseSeconds = 60;

/**
 * An octokit plugin before @octokit/plugin-throttling: it converts GitHub's limits into the form that the
 * plugin understands. GraphQL reports limits and timeouts with status 200; the message of a 429 varies; and
 * the time of the next budget is by GitHub's clock, which may differ from this machine's.
 *
 * @param options `untilFree` is awaited before each request is sent
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 * @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#exceeding-the-rate-limit
 */
export function respectLimits(
  octokit: Octokit,
  options: OctokitOptions & { untilFree?: () => Promise<void> },
): void {
  octokit.hook.before("request", () => options.untilFree?.());
  octokit.hook.after("request", (response, request) => {
    if (!request.url.endsWith("/graphql")) return;
    for (const { type, message } of graphqlErrors(response.data)) {
      const isLimit = type === "RATE_LIMITED" || isSecondary(message);
      if (isLimit) throw new RequestError(message, 429, { request, response });
      if (isTimeout(message)) throw new RequestError(message, 504, { request, response });
    }
  });
  // The hook that is registered last also gets the errors of the hooks before it.
  octokit.hook.error("request", (error, { request }) => {
    if (error instanceof RequestError) describeLimit(error, request as RequestNotes);
    throw error;
  });
}

const answerSchema = z.object({
  errors: z.array(z.object({ type: z.string().optional(), message: z.string() })),
});

function graphqlErrors(data: unknown): z.output<typeof answerSchema>["errors"] {
  return answerSchema.safeParse(data).data?.errors ?? [];
}

/** Sets the headers and the message that the throttling plugin checks. */
function describeLimit(error: RequestError, notes: RequestNotes): void {
  const headers = error.response?.headers;
  if (!headers || (error.status !== 403 && error.status !== 429)) return;
  const isUsedUp = headers["x-ratelimit-remaining"] === "0" && headers["x-ratelimit-reset"];
  if (isUsedUp && headers["retry-after"] === undefined && !isSecondary(error.message)) {
    const ahead = headers.date === undefined ? 0 : Date.now() - Date.parse(headers.date);
    const reset = Number(headers["x-ratelimit-reset"]) + Math.round(ahead / 1000);
    // The plugin would not pause for a time in the past.
    headers["x-ratelimit-reset"] = String(Math.max(reset, Math.floor(Date.now() / 1000)));
    return;
  }
  const asksToWait = headers["retry-after"] !== undefined || error.status === 429;
  if (!asksToWait && !isSecondary(error.message)) return;
  const pause = shortestPauseSeconds * 2 ** (notes.refusals ?? 0);
  notes.refusals = (notes.refusals ?? 0) + 1;
  headers["retry-after"] ??= String(pause);
  if (!isSecondary(error.message)) error.message += " (a secondary rate limit)";
}

/** A message that the throttling plugin recognises. */
function isSecondary(message: string): boolean {
  return /\bsecondary rate\b/i.test(message);
}

/** GitHub's message, which the retry plugin also recognises: "This may be the result of a timeout". */
function isTimeout(message: string): boolean {
  return message.startsWith("Something went wrong while executing your query");
}
