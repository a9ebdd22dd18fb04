import { ApiError } from "./api-error.ts";
import type { ApiContext } from "./env.ts";

/**
 * Whether a commit, comparison or pull request is requested as text.
 * https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#media-types
 */
export function asksForDiff(c: ApiContext): boolean {
  const accept = c.req.header("accept") ?? "";
  if (/\bvnd\.github(\.v3)?\.patch\b/.test(accept)) {
    throw new ApiError(501, "the simulator does not implement the media type patch; ask for diff");
  }
  return /\bvnd\.github(\.v3)?\.diff\b/.test(accept);
}

/** Answers with a diff, with GitHub's media type. */
export function answerDiff(c: ApiContext, diff: string): Response {
  return c.body(diff, 200, { "content-type": "application/vnd.github.diff; charset=utf-8" });
}
