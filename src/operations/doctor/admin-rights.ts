import { z } from "zod";
import { day } from "../../format-text.ts";
import { fineGrainedTokensPage, peoplePage, tokensPage, type OwnerKind } from "../../account.ts";
import { explaining } from "../../github/client/explain-failure.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { readAnswer } from "../../github/client/parse-answer.ts";
import { unlessRefused } from "../../github/client/unless-refused.ts";
import type { TokenInspection } from "../../github/tokens/inspect-token.ts";
import { readGrants, type Administrator, type Grants } from "./admin-grants.ts";
import { ok, problem, warning, type Finding } from "./finding.ts";
import {
  requiredPermissions,
  requiredScopes,
  uses,
  type RightsOf,
  type Use,
} from "./required-rights.ts";
import { isSameName } from "../../is-same-name.ts";

export interface AdminSource extends RightsOf, Administrator {
  readonly ownerKind: OwnerKind;
}

const check = "admin token";

function patPages({ github: { host } }: AdminSource): string {
  return `${tokensPage(host)} or ${fineGrainedTokensPage(host)}`;
}

/**
 * Which rights the administrator has for each use, without writing anything.
 *
 * @throws {UserError} GitHub refuses the token or cannot be reached
 */
export function judgeAdmin(source: AdminSource): Promise<Finding[]> {
  return explaining("inspect the admin token", async () => {
    const grants = await readGrants(source);
    if (grants === "dead") {
      const next = `create another on ${patPages(source)}, and set it (github:token or GITHUB_TOKEN)`;
      return [problem(check, "GitHub does not accept it: it has expired or was revoked", next)];
    }
    const judged: Finding[] = [];
    for (const use of uses) judged.push(await judgeUse(source, grants, use));
    const { about, pat } = grants;
    return [
      pat ? ageOf(source, pat, about) : ok(check, about),
      ...judged,
      ...(pat?.kind === "classic" ? await judgePerson(source, pat) : []),
    ];
  });
}

async function judgeUse(source: AdminSource, grants: Grants, use: Use): Promise<Finding> {
  const permissions = requiredPermissions(use, source);
  const missing = await grants.lacks({ scopes: requiredScopes(use, source), permissions });
  const { holder, kind, hidesWrites, next, page } = grants;
  if (missing.length > 0) {
    return problem(`may ${use}`, `${holder} lacks ${kind}${missing.join(", ")}`, next);
  }
  if (!hidesWrites) {
    return ok(`may ${use}`, `${holder} has all ${kind === "" ? "permissions" : "scopes"}`);
  }
  const level = use === "apply" ? "write" : "read";
  const all = Object.keys(permissions)
    .filter((name) => permissions[name] === level)
    .join(", ");
  const see = `see on ${page} that it may ${level} ${all}`;
  if (source.repository === undefined) {
    const text = "its read access is tried on a repository of the fleet, and it sees none";
    return warning(`may ${use}`, text, see);
  }
  if (use !== "apply") return ok(`may ${use}`, `${holder} reads what it needs`);
  return warning(
    `may ${use}`,
    "it reads what it needs; GitHub does not show what it may write",
    see,
  );
}

const week = 7 * 86_400_000;

function ageOf(
  source: AdminSource,
  { expiresAt, inspectedAt }: TokenInspection,
  text: string,
): Finding {
  if (expiresAt === undefined) return ok(check, `${text}, never expires`);
  const until = `${text}, until ${day(expiresAt)}`;
  if (Date.parse(expiresAt) - Date.parse(inspectedAt) > week) return ok(check, until);
  return warning(check, until, `renew it on ${patPages(source)}`);
}

async function judgePerson(
  source: AdminSource,
  { owner, scopes }: TokenInspection,
): Promise<Finding[]> {
  const seesPackages = scopes.some((scope) => scope.endsWith(":packages"));
  const text = "packages cannot be verified without the scope read:packages";
  const packages = seesPackages
    ? []
    : [warning("packages", text, `select it on ${tokensPage(source.github.host)}`)];
  return [...packages, ...(await judgeRole(source, owner, scopes))];
}

const membershipSchema = z.object({ role: z.string() });

/** Scopes only narrow what the person may do. */
async function judgeRole(
  source: AdminSource,
  login: string,
  scopes: readonly string[],
): Promise<Finding[]> {
  const { github, ownerKind, scopes: ofSecrets } = source;
  const { owner } = source.connection;
  const { host } = github;
  if (ownerKind === "User") {
    if (isSameName(login, owner)) return [];
    const next = `use a PAT that ${owner} created on ${tokensPage(host)}`;
    return [problem("role", `the repositories are ${owner}'s, and the PAT is of ${login}`, next)];
  }
  const needsOwner = ofSecrets.includes("organization");
  if (!needsOwner || !scopes.some((each) => each.endsWith(":org"))) return [];
  const role = await readRole(github, owner, login);
  if (role === "admin") return [ok("role", `${login} owns ${owner}`)];
  const text = `${login} is not an owner of ${owner}, so it cannot read or write secrets of the organisation`;
  return [problem("role", text, `an owner can change that on ${peoplePage({ host, owner })}`)];
}

async function readRole(github: GitHubClient, org: string, username: string) {
  const route = "GET /orgs/{org}/memberships/{username}";
  const found = await unlessRefused([403, 404], () =>
    readAnswer(github, membershipSchema, route, { org, username }),
  );
  return found?.role;
}
