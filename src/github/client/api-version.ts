import type { GitHubHost } from "../../github-host.ts";

/** A version of GitHub's REST API. */
export type ApiVersion = "2026-03-10" | "2022-11-28";

/**
 * The version that the client asks for. github.com and data residency have the newest one. Each Enterprise
 * Server has the first one, and refuses those that are newer than itself.
 *
 * @see https://docs.github.com/en/rest/about-the-rest-api/api-versions
 */
export function apiVersionOf({ kind }: GitHubHost): ApiVersion {
  return kind === "enterprise-server" ? "2022-11-28" : "2026-03-10";
}
