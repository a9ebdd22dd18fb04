import { GraphqlResponseError } from "@octokit/graphql";
import { RequestError } from "@octokit/request-error";

/**
 * Whether GitHub gave up on a request because it is too large.
 * @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
export function isTooLarge(error: unknown): boolean {
  if (error instanceof RequestError) return error.status === 502 || error.status === 504;
  return (
    error instanceof GraphqlResponseError &&
    (error.errors ?? []).some((each) => each.type === "RESOURCE_LIMITS_EXCEEDED")
  );
}
