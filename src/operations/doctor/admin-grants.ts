import {
  fineGrainedTokensPage,
  installationsPage,
  tokensPage,
  type OwnerKind,
} from "../../account.ts";
import type { GitHubApp } from "../../github/client/github-app.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import type { Connection } from "../../github/client/load-connection.ts";
import { unlessRefused } from "../../github/client/unless-refused.ts";
import {
  DeadToken,
  inspectToken,
  type TokenInspection,
} from "../../github/tokens/inspect-token.ts";
import { readInstallation } from "../../github/tokens/read-installation.ts";
import type { Permissions, Rights } from "./required-rights.ts";

export interface Administrator {
  /** A client that authenticates as the administrator. */
  readonly github: GitHubClient;
  readonly connection: Connection;
  /** Name of a repository of the fleet, on which rights are tried where GitHub does not show them. */
  readonly repository: string | undefined;
  /** Absent where it was not read. */
  readonly ownerKind?: OwnerKind;
}

/** What an administrator was granted. */
export interface Grants {
  /** "GitHub App fleet-admin, installed on all repositories of acme" */
  readonly about: string;
  /** "the PAT" */
  readonly holder: string;
  /** "the scopes ", before the names of what is missing. */
  readonly kind: string;
  /** The classic or fine-grained PAT. */
  readonly pat?: TokenInspection;
  /** Whether GitHub does not show what it may write. */
  readonly hidesWrites: boolean;
  /** The page where its rights are shown. */
  readonly page: string;
  /** How to grant what is missing. */
  readonly next: string;
  /** What is missing of these rights: scopes, or permissions with their levels. */
  lacks(rights: Rights): Promise<string[]>;
}

/**
 * Reads what the administrator may do, without writing anything.
 *
 * @returns `dead` where GitHub does not accept the token
 */
export async function readGrants(admin: Administrator): Promise<Grants | "dead"> {
  const { token, owner } = admin.connection;
  const { host } = admin.github;
  if (typeof token !== "string") return appGrants(admin.github, token);
  // The token of an installation has no user.
  if (token.startsWith("ghs_")) {
    const about = "a token of a GitHub App, which ends within an hour";
    return triedGrants(
      admin,
      about,
      installationsPage({ host, owner, ownerKind: admin.ownerKind }),
    );
  }
  let pat: TokenInspection;
  try {
    pat = await inspectToken(admin.github, token);
  } catch (error) {
    if (error instanceof DeadToken) return "dead";
    throw error;
  }
  if (pat.kind !== "classic") {
    const about = `fine-grained PAT of ${pat.owner}`;
    return { ...triedGrants(admin, about, fineGrainedTokensPage(host)), pat };
  }
  return {
    about: `classic PAT of ${pat.owner}`,
    holder: "the PAT",
    kind: "the scopes ",
    pat,
    hidesWrites: false,
    page: tokensPage(host),
    next: `add what it lacks on ${tokensPage(host)}`,
    lacks: async ({ scopes, orPublicRepo = false }) => {
      const isEnough = (scope: string) =>
        pat.scopes.includes(scope) ||
        (scope === "repo" && orPublicRepo && pat.scopes.includes("public_repo")) ||
        // GitHub lists no scope that another one includes.
        (scope === "read:org" &&
          ["write:org", "admin:org"].some((org) => pat.scopes.includes(org)));
      return scopes.filter((scope) => !isEnough(scope));
    },
  };
}

async function appGrants(github: GitHubClient, app: GitHubApp): Promise<Grants> {
  const { slug, owner, repositories, permissions, page } = await readInstallation(github, app);
  const reach = repositories === "all" ? "all" : "selected";
  return {
    about: `GitHub App ${slug}, installed on ${reach} repositories of ${owner}`,
    holder: "the App",
    kind: "",
    hidesWrites: false,
    page,
    next: `give the App what it lacks (Permissions & events on its page), and accept it on ${page}`,
    lacks: async (rights) => missingPermissions(rights.permissions, permissions),
  };
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
  members: "GET /orgs/{owner}/teams",
};

function triedGrants(
  { github, repository, connection }: Administrator,
  about: string,
  page: string,
): Grants {
  const place = { owner: connection.owner, repo: repository, per_page: 1 };
  const tried = new Map<string, Promise<boolean>>();
  const mayRead = (permission: string): Promise<boolean> => {
    const route = reads[permission];
    const isUntriable = repository === undefined && route?.startsWith("GET /repos");
    if (route === undefined || isUntriable) return Promise.resolve(true);
    const known =
      tried.get(permission) ??
      unlessRefused([403, 404], () => github.request(route, place)).then(
        (answer) => answer !== undefined,
      );
    tried.set(permission, known);
    return known;
  };
  return {
    about,
    holder: "the token",
    kind: "",
    hidesWrites: true,
    page,
    next: `grant what it lacks on ${page}`,
    async lacks({ permissions }) {
      const missing: string[] = [];
      for (const [name, level] of Object.entries(permissions)) {
        if (!(await mayRead(name))) missing.push(`${name}: ${level}`);
      }
      return missing;
    },
  };
}
