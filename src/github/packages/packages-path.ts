import type { Account } from "../../account.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { readLogin } from "../tokens/read-login.ts";

/**
 * Below which path GitHub shows an account's packages. Only the token's own account has one that shows
 * private packages of a user: those below `/users` are for public ones.
 *
 * @see https://docs.github.com/en/rest/packages/packages#get-a-package-for-the-authenticated-user
 * @see https://docs.github.com/en/rest/packages/packages#get-a-package-for-a-user
 */
export async function findPackagesPath(
  github: GitHubClient,
  { owner, ownerKind }: Account,
): Promise<string> {
  if (ownerKind === "Organization") return `/orgs/${encodeURIComponent(owner)}/packages`;
  const login = await readLogin(github);
  return login?.toLowerCase() === owner.toLowerCase()
    ? "/user/packages"
    : `/users/${encodeURIComponent(owner)}/packages`;
}
