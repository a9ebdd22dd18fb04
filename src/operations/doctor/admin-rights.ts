import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { installationsPage, peoplePage } from "../../account.ts";
import { explaining, isLimit } from "../../github/client/explain-failure.ts";
import type { GitHubApp } from "../../github/client/github-app.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import type { Connection } from "../../github/client/load-connection.ts";
import { parseAnswer } from "../../github/client/parse-answer.ts";
import {
  DeadToken,
  inspectToken,
  type TokenInspection,
} from "../../github/tokens/inspect-token.ts";
import { readInstallation } from "../../github/tokens/read-installation.ts";
import { ok, problem, warning, type Finding } from "./finding.ts";
import {
  requiredPermissions,
  requiredScopes,
  uses,
  type Permissions,
  type RightsOf,
} from "./required-rights.ts";

export interface AdminSource extends RightsOf {
  /** A client that authenticates as the administrator. */
  readonly github: GitHubClient;
  readonly connection: Connection;
  /** Name of a repository of the fleet, on which rights are tried. */
  readonly repository: string;
}

const check = "admin token";
const classicPage = "https://github.com/settings/tokens";
const fineGrainedPage = "https://github.com/settings/personal-access-tokens";

/**
 * Which rights the administrator has for each use, without writing anything.
 *
 * @throws {UserError} GitHub refuses the token or cannot be reached
 */
export function judgeAdmin(source: AdminSource): Promise<Finding[]> {
  const { token } = source.connection;
  return explaining("inspect the admin token", () =>
    typeof token === "string" ? judgeToken(source, token) : judgeApp(source, token),
  );
}

async function judgeApp(source: AdminSource, app: GitHubApp): Promise<Finding[]> {
  const { slug, owner, repositories, permissions, page } = await readInstallation(
    source.github,
    app,
  );
  const reach = repositories === "all" ? "all" : "selected";
  return [
    ok(check, `GitHub App ${slug}, installed on ${reach} repositories of ${owner}`),
    ...uses.map((use) => {
      const missing = missingPermissions(requiredPermissions(use, source), permissions);
      if (missing.length === 0) return ok(`may ${use}`, "the App has all permissions");
      const next = `give them to the App (Permissions & events on its page), and accept them on ${page}`;
      return problem(`may ${use}`, `the App lacks ${missing.join(", ")}`, next);
    }),
  ];
}

function missingPermissions(
  needed: Permissions,
  granted: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(needed).flatMap(([name, level]) => {
    const has = granted[name];
    return has !== undefined && (level === "read" || has !== "read") ? [] : [`${name}: ${level}`];
  });
}

async function judgeToken(source: AdminSource, token: string): Promise<Finding[]> {
  const inspected = await inspect(source.github, token);
  if (inspected === "dead") {
    const next = `create another on ${classicPage} or ${fineGrainedPage}, and set it (github:token or GITHUB_TOKEN)`;
    return [problem(check, "GitHub does not accept it: it has expired or was revoked", next)];
  }
  if (inspected === "installation") {
    const about = ok(check, "a token of a GitHub App, which ends within an hour");
    const page = installationsPage(source.connection.owner);
    return [about, ...(await tryPermissions(source, page))];
  }
  const { owner, kind, scopes } = inspected;
  const about = ageOf(
    inspected,
    `${kind === "classic" ? "classic" : "fine-grained"} PAT of ${owner}`,
  );
  if (kind !== "classic") return [about, ...(await tryPermissions(source, fineGrainedPage))];
  return [about, ...judgeScopes(source, scopes), ...(await judgeRole(source, owner, scopes))];
}

async function inspect(
  github: GitHubClient,
  token: string,
): Promise<TokenInspection | "dead" | "installation"> {
  // GitHub knows no user of an installation.
  if (token.startsWith("ghs_")) return "installation";
  return inspectToken(github, token).catch((error: unknown) => {
    if (error instanceof DeadToken) return "dead";
    throw error;
  });
}

const week = 7 * 86_400_000;

function ageOf({ expiresAt, inspectedAt }: TokenInspection, text: string): Finding {
  if (expiresAt === undefined) return ok(check, `${text}, without an end`);
  const until = `${text}, until ${expiresAt.slice(0, 10)}`;
  if (Date.parse(expiresAt) - Date.parse(inspectedAt) > week) return ok(check, until);
  return warning(check, until, `renew it on ${classicPage} or ${fineGrainedPage}`);
}

function judgeScopes(source: AdminSource, scopes: readonly string[]): Finding[] {
  const has = (scope: string) => scopes.includes(scope);
  const judged = uses.map((use) => {
    const missing = requiredScopes(use, source).filter((scope) => !has(scope));
    if (missing.length === 0) return ok(`may ${use}`, "the PAT has all scopes");
    const next = `select them on ${classicPage}`;
    return problem(`may ${use}`, `the PAT lacks the scopes ${missing.join(", ")}`, next);
  });
  const seesPackages = scopes.some((scope) => scope.endsWith(":packages"));
  if (seesPackages) return judged;
  const text = "packages cannot be verified without the scope read:packages";
  return [...judged, warning("packages", text, `select it on ${classicPage}`)];
}

const membershipSchema = z.object({ role: z.string() });

/** Scopes only narrow what the person may do. */
async function judgeRole(
  { github, ownerKind, scope, connection: { owner } }: AdminSource,
  login: string,
  scopes: readonly string[],
): Promise<Finding[]> {
  if (ownerKind === "User") {
    if (login.toLowerCase() === owner.toLowerCase()) return [];
    const next = `use a PAT that ${owner} created on ${classicPage}`;
    return [problem("role", `the repositories are ${owner}'s, and the PAT is of ${login}`, next)];
  }
  const needsOwner = scope === "organization";
  if (!needsOwner || !scopes.some((each) => each.endsWith(":org"))) return [];
  const role = await readRole(github, owner, login);
  if (role === "admin") return [ok("role", `${login} owns ${owner}`)];
  const text = `${login} is no owner of ${owner}, so secrets of the organisation are out of reach`;
  return [problem("role", text, `an owner can change that on ${peoplePage(owner)}`)];
}

async function readRole(github: GitHubClient, org: string, username: string) {
  const route = "GET /orgs/{org}/memberships/{username}";
  const answer = await unlessRefused(() => github.request(route, { org, username }));
  return answer && parseAnswer(membershipSchema, answer.data, route).role;
}

/** Reads that need a permission each. GitHub does not say which ones a token has. */
const reads: Readonly<Record<string, string>> = {
  contents: "GET /repos/{owner}/{repo}/contents/",
  actions: "GET /repos/{owner}/{repo}/actions/runs",
  administration: "GET /repos/{owner}/{repo}/actions/permissions",
  secrets: "GET /repos/{owner}/{repo}/actions/secrets",
  actions_variables: "GET /repos/{owner}/{repo}/actions/variables",
  pull_requests: "GET /repos/{owner}/{repo}/pulls",
  organization_secrets: "GET /orgs/{owner}/actions/secrets",
  organization_actions_variables: "GET /orgs/{owner}/actions/variables",
};

async function tryPermissions(source: AdminSource, page: string): Promise<Finding[]> {
  const { github, repository, connection } = source;
  const refused = new Set<string>();
  for (const [permission, route] of Object.entries(reads)) {
    if (!(permission in requiredPermissions("apply", source))) continue;
    const place = { owner: connection.owner, repo: repository, per_page: 1 };
    const answer = await unlessRefused(() => github.request(route, place));
    if (!answer) refused.add(permission);
  }
  return uses.map((use) => {
    const needed = requiredPermissions(use, source);
    const missing = Object.keys(needed).filter((permission) => refused.has(permission));
    if (missing.length > 0) {
      const lacks = missing.map((permission) => `${permission}: ${needed[permission]}`).join(", ");
      return problem(`may ${use}`, `the token lacks ${lacks}`, `grant them on ${page}`);
    }
    if (use !== "apply") return ok(`may ${use}`, `the token reads what it needs`);
    const all = Object.keys(needed).join(", ");
    const text = "it reads what it needs; GitHub does not show what it may write";
    return warning(`may ${use}`, text, `see on ${page} that it may write ${all}`);
  });
}

async function unlessRefused<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const isRefusal =
      error instanceof RequestError && [403, 404].includes(error.status) && !isLimit(error);
    if (isRefusal) return undefined;
    throw error;
  }
}
