import type { Rule } from "./rule.ts";

const resourceType = "ghcr:index:RegistryToken";
const mint = "https://github.com/settings/tokens/new?scopes=write:packages";
const day = 86_400_000;

/** What each scope brings along. GitHub lists a token's scopes with or without them. */
const impliedScopes: Readonly<Record<string, readonly string[]>> = {
  "write:packages": ["read:packages"],
};
const wantedScopes = ["write:packages", "read:packages"];

/**
 * A publishing token can do nothing but publish. Every further scope is what a leaked token costs.
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps#available-scopes
 */
export const patScopesExact: Rule = {
  id: "pat-scopes-exact",
  level: "mandatory",
  description: "The publishing token has exactly the scopes write:packages and read:packages.",
  remediation: `Create a classic token with nothing but write:packages at ${mint} and rotate to it.`,
  source:
    "https://docs.github.com/en/packages/learn-github-packages/about-permissions-for-github-packages#about-scopes-and-permissions-for-package-registries",
  resourceType,
  *judge({ scopes }) {
    if (!Array.isArray(scopes)) {
      yield "have known scopes";
      return;
    }
    const granted = new Set(scopes.flatMap((scope: unknown) => [scope, ...impliedBy(scope)]));
    const excess = [...granted].filter((scope) => !wantedScopes.includes(scope as string));
    const lacking = wantedScopes.filter((scope) => !granted.has(scope));
    if (excess.length > 0)
      yield `have no scope beyond ${wantedScopes.join(" and ")}${named(excess)}`;
    if (lacking.length > 0) yield `have the scopes ${wantedScopes.join(" and ")}`;
  },
};

/**
 * A token that is never renewed is never missed when it leaks. The server's clock at the inspection
 * counts, not this machine's.
 * https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens#about-personal-access-tokens
 */
export const patExpiryMax: Rule<{ maxDays: number }> = {
  id: "pat-expiry-max",
  level: "mandatory",
  description: "The publishing token expires, and soon enough.",
  remediation: `Create a classic token with an earlier expiry at ${mint} and rotate to it.`,
  source:
    "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/token-expiration-and-revocation",
  resourceType,
  thresholds: {
    properties: {
      maxDays: {
        type: "integer",
        minimum: 1,
        maximum: 366,
        default: 90,
        description: "Days that a token may have left when it is inspected.",
      },
    },
  },
  *judge({ expiresAt, inspectedAt }, { maxDays }) {
    if (expiresAt === undefined || expiresAt === null) {
      yield `expire within ${maxDays} days, but never expires`;
      return;
    }
    const [expiry, now] = [timeOf(expiresAt), timeOf(inspectedAt)];
    if (expiry === undefined) yield "have an expiry that is a date";
    if (now === undefined) yield "have been inspected at a known time";
    if (expiry === undefined || now === undefined) return;
    const days = (expiry - now) / day;
    if (days <= 0) yield "not have expired";
    if (days > maxDays) yield `expire within ${maxDays} days, but has ${Math.ceil(days)} left`;
  },
};

export const tokenRules: readonly Rule[] = [patScopesExact, patExpiryMax];

function impliedBy(scope: unknown): readonly string[] {
  return typeof scope === "string" ? (impliedScopes[scope] ?? []) : [];
}

/** Names what looks like a scope, so that no other text gets into a message. */
function named(scopes: readonly unknown[]): string {
  const names = scopes.filter(
    (scope) => typeof scope === "string" && /^[a-z]{1,20}(?:[_:][a-z]{1,20}){0,3}$/.test(scope),
  );
  return names.length > 0 ? `, such as ${names.join(", ")}` : "";
}

/** Milliseconds of an ISO 8601 time; undefined for anything else. */
function timeOf(value: unknown): number | undefined {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
