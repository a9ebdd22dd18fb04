import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

/** GitHub returns this field only to owners of an organisation. */
const organisationSchema = z.object({ default_repository_permission: z.string().nullish() });

/**
 * Why a token may not see every repository of an organisation. GitHub answers 404 both for hidden and for
 * deleted ones, so only a token that sees everything can distinguish them.
 *
 * @returns nothing where the token sees all repositories
 * @see https://docs.github.com/en/rest/orgs/orgs#get-an-organization
 * @see https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
export async function whyPartialView(
  github: GitHubClient,
  owner: string,
): Promise<string | undefined> {
  const route = "GET /orgs/{org}";
  const { data, headers } = await github.request(route, { org: owner });
  const scopes = headers["x-oauth-scopes"];
  if (scopes === undefined) return "only a classic token is known to see every repository";
  if (!scopes.split(/,\s*/).includes("repo")) return "it lacks the scope repo";
  return parseAnswer(organisationSchema, data, route).default_repository_permission == null
    ? `its account is not an owner of ${owner}, or it lacks the scope admin:org`
    : undefined;
}
