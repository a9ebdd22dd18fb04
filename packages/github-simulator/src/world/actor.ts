import type { Token, TokenKind } from "./state/state.ts";

/** The address and program that a request came from. */
export interface Client {
  /** The client's IP address; absent if there is no socket. */
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
}

/** The caller: the holder of a valid token, or anonymous. */
export type Actor = AuthenticatedActor | AnonymousActor;

export interface AuthenticatedActor {
  kind: TokenKind;
  login: string;
  tokenName: string;
  /** Empty for a person in a browser. */
  hashedToken: string;
  scopes: readonly string[];
  permissions: Readonly<Record<string, "read" | "write">>;
  repositories: readonly number[] | undefined;
  /** ISO 8601; null: never. */
  expiresAt: string | null;
  /** Absent for what is not a request. */
  client?: Client;
}

export interface AnonymousActor {
  kind: "anonymous";
  login: undefined;
}

export const anonymous: AnonymousActor = { kind: "anonymous", login: undefined };

/** Somebody who acts without a token, such as in a browser. */
export function personAt(login: string, scopes: readonly string[] = []): AuthenticatedActor {
  return {
    kind: "classic",
    login,
    tokenName: "",
    hashedToken: "",
    scopes,
    permissions: {},
    repositories: undefined,
    expiresAt: null,
  };
}

/** The name of the actor in request budgets and logs; never the token itself. */
export function actorName(actor: Actor): string {
  return actor.kind === "anonymous" ? "anonymous" : actor.login;
}

export function actorOf(token: Token, hashedToken: string): AuthenticatedActor {
  const { kind, owner, name, scopes, permissions, repositories, expiresAt } = token;
  return {
    kind,
    login: owner,
    tokenName: name,
    hashedToken,
    scopes: expandScopes(scopes),
    permissions,
    repositories,
    expiresAt,
  };
}

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps */
const impliedScopes: Readonly<Record<string, readonly string[]>> = {
  repo: ["public_repo", "repo:status", "repo_deployment", "repo:invite", "security_events"],
  "admin:org": ["write:org", "read:org", "manage_runners:org"],
  "write:org": ["read:org"],
  "write:packages": ["read:packages"],
  user: ["read:user", "user:email", "user:follow"],
  "admin:public_key": ["write:public_key"],
  "write:public_key": ["read:public_key"],
  audit_log: ["read:audit_log"],
};

function expandScopes(scopes: readonly string[]): string[] {
  return [
    ...new Set(scopes.flatMap((scope) => [scope, ...expandScopes(impliedScopes[scope] ?? [])])),
  ];
}
