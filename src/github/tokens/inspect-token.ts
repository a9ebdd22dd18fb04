import { createHash } from "node:crypto";
import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { newPatPage } from "../../account.ts";
import { UserError } from "../../user-error.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

export type TokenKind = "classic" | "fine-grained" | "app" | "unknown";

export interface TokenInspection {
  /** base64 SHA-256 of the token: what GitHub's audit log calls `hashed_token`. */
  readonly hash: string;
  readonly kind: TokenKind;
  /** Login of the account that the token acts as. */
  readonly owner: string;
  /** Sorted; empty for tokens that have permissions instead of scopes. */
  readonly scopes: readonly string[];
  /** ISO-8601; absent when the token never expires. */
  readonly expiresAt: string | undefined;
  /** ISO-8601, by GitHub's clock. */
  readonly inspectedAt: string;
}

/** GitHub does not accept the token: it has expired, was revoked or was not copied completely. */
export class DeadToken extends UserError {}

/**
 * Reads a token's data from GitHub. Scopes and expiry are in the headers of every REST answer.
 *
 * @param github a client that authenticates with the token itself
 * @throws {DeadToken} GitHub does not accept the token
 * @see https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
export async function inspectToken(github: GitHubClient, token: string): Promise<TokenInspection> {
  const { login, headers } = await ask(github);
  const scopes = headers["x-oauth-scopes"];
  return {
    hash: hashToken(token),
    kind: kindOf(token, scopes),
    owner: login,
    scopes: splitScopes(scopes),
    expiresAt: parseExpiry(headers["github-authentication-token-expiration"]),
    inspectedAt: new Date(headers.date ?? Date.now()).toISOString(),
  };
}

/** base64 SHA-256, as in the audit log's `hashed_token`. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}

const userSchema = z.object({ login: z.string() });

type Headers = Readonly<Record<string, string | undefined>>;

async function ask(github: GitHubClient): Promise<{ login: string; headers: Headers }> {
  try {
    const { data, headers } = await github.request("GET /user");
    const { login } = parseAnswer(userSchema, data, "GET /user");
    return { login, headers: headers as Headers };
  } catch (error) {
    if (error instanceof RequestError && error.status === 401) {
      throw new DeadToken(
        "GitHub does not accept the publishing PAT: it has expired, was revoked, or was not copied completely; " +
          `create one at ${newPatPage(github.host)} and put it where the stack reads its PAT (ghcr-fleet:patFrom, or ghcr-fleet:pat)`,
      );
    }
    throw error;
  }
}

/** @see https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ */
function kindOf(token: string, scopes: string | undefined): TokenKind {
  if (token.startsWith("github_pat_")) return "fine-grained";
  if (/^gh[su]_/.test(token)) return "app";
  return scopes === undefined ? "unknown" : "classic";
}

function splitScopes(header: string | undefined): string[] {
  const scopes = (header ?? "").split(",").map((scope) => scope.trim());
  return scopes.filter(Boolean).sort();
}

/**
 * `2027-10-12 09:00:00 UTC` or `2027-10-12 18:00:00 +0900`, as public clients have seen it.
 * @throws {UserError} the header has another form
 */
export function parseExpiry(header: string | undefined): string | undefined {
  if (!header) return undefined;
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d) ?(UTC|Z|[+-]\d\d:?\d\d)$/.exec(
    header.trim(),
  );
  if (!match) throw new UserError(`cannot read the token's expiry from "${header.slice(0, 60)}"`);
  const zone = match[3] === "UTC" || match[3] === "Z" ? "Z" : match[3];
  return new Date(`${match[1]}T${match[2]}${zone}`).toISOString();
}
