import type { Octokit } from "@octokit/core";
import type { OctokitOptions } from "@octokit/core/types";
import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { RequestNotes } from "./request-notes.ts";

/** Where GitHub does not say how long: at first, and twice as long each time after. */
const shortestPauseSeconds = 60;

/**
 * An octokit plugin to stand before @octokit/plugin-throttling: it puts GitHub's limits into the one
 * form in which that plugin waits for them. GraphQL tells them with status 200, as it does when a
 * query took too long; a 429 may come in any words; and when a budget is full again is said by
 * GitHub's clock, which this machine's may be far from.
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
  // What is registered last sees what the hooks before it threw, too.
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

/** Changes the headers and words that the throttling plugin looks at. */
function describeLimit(error: RequestError, notes: RequestNotes): void {
  const headers = error.response?.headers;
  if (!headers || (error.status !== 403 && error.status !== 429)) return;
  const isUsedUp = headers["x-ratelimit-remaining"] === "0" && headers["x-ratelimit-reset"];
  if (isUsedUp && headers["retry-after"] === undefined && !isSecondary(error.message)) {
    const ahead = headers.date === undefined ? 0 : Date.now() - Date.parse(headers.date);
    const reset = Number(headers["x-ratelimit-reset"]) + Math.round(ahead / 1000);
    // Of one that is past, the plugin would make nothing of a pause.
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

/** As the throttling plugin knows it. */
function isSecondary(message: string): boolean {
  return /\bsecondary rate\b/i.test(message);
}

/** As GitHub words it, and as the retry plugin knows it: "This may be the result of a timeout". */
function isTimeout(message: string): boolean {
  return message.startsWith("Something went wrong while executing your query");
}
