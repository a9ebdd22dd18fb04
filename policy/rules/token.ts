import { ghcr } from "../model/resource-types.ts";
import type { Resource, ResourceRule, StackRule } from "../model/rule.ts";
import { eachKnown, isUnknownValue } from "../model/unknown-value.ts";
import { newTokenPage } from "./credential.ts";

const resourceTypes = [ghcr.token];
const kind = "resource";
const sees = "ghcr:index:RegistryToken, as GitHub describes it in preview.";
const day = 86_400_000;

/** Scopes that each scope includes. GitHub lists a token's scopes with or without them. */
const impliedScopes: Readonly<Record<string, readonly string[]>> = {
  "write:packages": ["read:packages"],
};
const wantedScopes = ["write:packages", "read:packages"];

/**
 * A publishing token must only be able to publish. Every further scope increases the damage of a leak.
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps#available-scopes
 */
export const patScopesExact: ResourceRule = {
  kind,
  id: "pat-scopes-exact",
  level: "mandatory",
  severity: "critical",
  description: "The publishing token has exactly the scopes write:packages and read:packages.",
  remediation: `Create a classic token with nothing but write:packages at ${newTokenPage} and rotate to it.`,
  source:
    "https://docs.github.com/en/packages/learn-github-packages/about-permissions-for-github-packages#about-scopes-and-permissions-for-package-registries",
  sees,
  resourceTypes,
  *judge({ props: { scopes } }) {
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
 * A leak of a token that is never renewed stays unnoticed. If the resource has the time of GitHub's
 * answer, that clock is used and not this machine's.
 * https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens#about-personal-access-tokens
 */
export const patExpiryMax: ResourceRule<{ maxDays: number }> = {
  kind,
  id: "pat-expiry-max",
  level: "mandatory",
  severity: "high",
  description: "The publishing token expires within the allowed days.",
  remediation: `Create a classic token with an earlier expiry at ${newTokenPage} and rotate to it.`,
  source:
    "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/token-expiration-and-revocation",
  sees,
  resourceTypes,
  thresholds: {
    properties: {
      maxDays: {
        type: "integer",
        minimum: 1,
        maximum: 366,
        default: 90,
        description: "Days that a token may have left.",
      },
    },
  },
  *judge({ props: { expiresAt, inspectedAt } }, { maxDays }, { now }) {
    if (expiresAt === undefined || expiresAt === null) {
      yield `expire within ${maxDays} days, but never expires`;
      return;
    }
    const expiry = timeOf(expiresAt);
    if (expiry === undefined) {
      yield "have an expiry that is a date";
      return;
    }
    const days = (expiry - (timeOf(inspectedAt) ?? now.getTime())) / day;
    if (days <= 0) yield "not have expired";
    if (days > maxDays) yield `expire within ${maxDays} days, but has ${Math.ceil(days)} left`;
  },
};

/** A token that expires over the weekend stops every release. */
export const patExpiryLeft: ResourceRule<{ minDays: number }> = {
  ...daysLeftRule(7, 60),
  id: "pat-expiry-left",
  level: "mandatory",
  severity: "high",
  description: "The publishing token is valid long enough to be rotated without hurry.",
};

/** The same, early enough to plan the rotation. */
export const patExpirySoon: ResourceRule<{ minDays: number }> = {
  ...daysLeftRule(21, 90),
  id: "pat-expiry-soon",
  level: "advisory",
  severity: "medium",
  description: "The publishing token does not expire within the next weeks.",
};

function daysLeftRule(
  minDays: number,
  maximum: number,
): Omit<ResourceRule<{ minDays: number }>, "id" | "level" | "severity" | "description"> {
  return {
    kind,
    remediation: `Create a new classic token at ${newTokenPage} and rotate to it.`,
    source:
      "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/token-expiration-and-revocation",
    sees: `${sees} Tokens that never expire are judged by pat-expiry-max.`,
    resourceTypes,
    thresholds: {
      properties: {
        minDays: {
          type: "integer",
          minimum: 1,
          maximum,
          default: minDays,
          description: "Days that the token must have left.",
        },
      },
    },
    *judge({ props: { expiresAt, inspectedAt } }, { minDays: wanted }, { now }) {
      const expiry = timeOf(expiresAt);
      if (expiry === undefined) return;
      const since = timeOf(inspectedAt) ?? now.getTime();
      const left = Math.max(0, Math.floor((expiry - since) / day));
      if (left < wanted) yield `have at least ${wanted} days left, but has ${left}`;
    },
  };
}

/**
 * The state stores when GitHub was first asked about a token, which is when the stack got it; a
 * rotation starts this time again. So an overdue token is refused, and its rotation is not. (States of
 * older versions of the provider call that time inspectedAt.)
 */
export const patRotationAge: StackRule<{ maxDays: number }> = {
  kind: "stack",
  id: "pat-rotation-age",
  level: "mandatory",
  severity: "medium",
  description: "The publishing token is rotated within the configured age.",
  remediation: `Create a new classic token at ${newTokenPage} and rotate to it.`,
  source:
    "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens",
  sees: "How long the stack has had its current token: GitHub does not say when a token was created. A token that was old when the stack got it counts as new.",
  thresholds: {
    properties: {
      maxDays: {
        type: "integer",
        minimum: 1,
        maximum: 366,
        default: 90,
        description: "Days that the stack may keep a token.",
      },
    },
  },
  *judge(resources, { maxDays }, { now, preview }) {
    const tokens = resources.filter(({ type }) => type === ghcr.token);
    yield* eachKnown(tokens, function* (resource) {
      const { hash } = resource.props;
      const since = firstSeen(resource);
      if (since === undefined) {
        // A preview of a token that the stack does not have yet: its age is 0.
        const isNew = preview && typeof hash === "string";
        if (!isNew) yield { resource, must: "have a date from which its age is counted" };
        return;
      }
      const days = Math.floor((now.getTime() - since) / day);
      if (days > maxDays)
        yield {
          resource,
          must: `be rotated within ${maxDays} days, but the stack has had it for ${days} days`,
        };
    });
  },
};

/** Milliseconds: when the stack got the token; unknown in a preview of a new one. */
function firstSeen({ props }: Resource): number | undefined {
  try {
    return timeOf(props["firstSeenAt"]) ?? timeOf(props["inspectedAt"]);
  } catch (error) {
    if (isUnknownValue(error)) return undefined;
    throw error;
  }
}

/** A person's token publishes as that person, and ends with their account. */
export const patOwner: ResourceRule<{ machineUsers: readonly string[] }> = {
  kind,
  id: "pat-owner",
  level: "advisory",
  severity: "medium",
  description:
    "The publishing token belongs to the declared account, or a machine user on the list.",
  remediation:
    "Declare the owner as fleet.username (of a user account: the user) or in this rule's machineUsers, or create the token as a machine user and rotate to it.",
  source:
    "https://docs.github.com/en/get-started/learning-about-github/types-of-github-accounts#personal-accounts",
  sees: `${sees} The list is machineUsers and the username in the fleet's configuration.`,
  resourceTypes,
  thresholds: {
    properties: {
      machineUsers: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Logins that publishing tokens may belong to.",
      },
    },
  },
  *judge({ props: { owner } }, { machineUsers }, { declaredOwner = "" }) {
    if (typeof owner !== "string" || owner === "") {
      yield "have a known owner";
      return;
    }
    const allowed = [...machineUsers, declaredOwner].map((login) => login.toLowerCase());
    if (!allowed.includes(owner.toLowerCase()))
      yield "belong to the account that fleet.username or the list of machine users declares";
  },
};

function impliedBy(scope: unknown): readonly string[] {
  return typeof scope === "string" ? (impliedScopes[scope] ?? []) : [];
}

/** Names texts that look like scopes, so that no other text gets into a message. */
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
