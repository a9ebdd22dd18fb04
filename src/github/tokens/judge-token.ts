import { newPatPage } from "../../account.ts";
import type { GitHubHost } from "../../github-host.ts";
import type { TokenInspection } from "./inspect-token.ts";
import { isSameName } from "../../is-same-name.ts";

export interface TokenRules {
  /** The machine user that must own the token; any account if absent. */
  readonly owner: string | undefined;
  /** The maximum number of days that a token may still be valid. */
  readonly maxDays: number;
}

const allowedScopes = new Set(["write:packages", "read:packages"]);

const neededScope = "write:packages";

/**
 * Every reason why the fleet must not use a token, each with its fix. No reason quotes the token.
 *
 * @param host where another one is created
 */
export function judgeToken(host: GitHubHost, token: TokenInspection, rules: TokenRules): string[] {
  const page = newPatPage(host);
  return [
    ...judgeKind(page, token),
    ...judgeScopes(page, token),
    ...judgeExpiry(page, token, rules),
    ...judgeOwner(token, rules),
  ];
}

function judgeKind(page: string, { kind }: TokenInspection): string[] {
  if (kind === "classic") return [];
  return [
    `the token is ${kind === "unknown" ? "of an unknown kind" : `a${kind === "app" ? "n" : ""} ${kind} token`}; ` +
      `GHCR accepts classic personal access tokens only: create one at ${page}`,
  ];
}

function judgeScopes(page: string, { kind, scopes }: TokenInspection): string[] {
  if (kind !== "classic") return [];
  const excess = scopes.filter((scope) => !allowedScopes.has(scope));
  if (excess.length > 0) {
    return [
      `the token is too wide: in addition to publishing it may use ${excess.join(", ")}; ` +
        `create one with exactly write:packages and read:packages at ${page}`,
    ];
  }
  if (scopes.includes(neededScope)) return [];
  const has = scopes.length > 0 ? `has only ${scopes.join(", ")}` : "has no scope";
  return [`the token ${has} and cannot publish; create one with write:packages at ${page}`];
}

function judgeExpiry(
  page: string,
  { expiresAt, inspectedAt }: TokenInspection,
  { maxDays }: TokenRules,
): string[] {
  const renew = `create one that expires within ${maxDays} days at ${page}`;
  if (!expiresAt) return [`the token never expires; ${renew}`];
  const days = daysBetween(inspectedAt, expiresAt);
  if (days <= 0) return [`the token expired on ${expiresAt.slice(0, 10)}; ${renew}`];
  if (days > maxDays) {
    return [`the token expires in ${Math.ceil(days)} days, on ${expiresAt.slice(0, 10)}; ${renew}`];
  }
  return [];
}

function judgeOwner(token: TokenInspection, rules: TokenRules): string[] {
  if (!rules.owner || isSameName(rules.owner, token.owner)) return [];
  return [
    `the token belongs to ${token.owner}, not to ${rules.owner}; ` +
      `create it as ${rules.owner}, or change fleet.username`,
  ];
}

/** Days with fraction, because GitHub rounds a 90-day expiry to a date. */
function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}
