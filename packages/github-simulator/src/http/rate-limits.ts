import type { Clock } from "../clock.ts";
import { actorName, type Actor } from "../world/actor.ts";
import { ApiError } from "./api-error.ts";

/**
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
export interface Limits {
  /** Requests (REST) or points (GraphQL) an hour, for a person's token. */
  primary: number;
  anonymousPrimary: number;
  jobPrimary: number;
  /** Queries of the audit log an hour. */
  auditLogPrimary: number;
  /** Searches a minute. */
  searchPrimary: number;
  anonymousSearchPrimary: number;
  restPointsPerMinute: number;
  graphqlPointsPerMinute: number;
  contentPerMinute: number;
  contentPerHour: number;
  /** Whether a secondary refusal contains the time to wait; GitHub's do not always. */
  sendRetryAfter: boolean;
}

export const gitHubLimits: Readonly<Limits> = {
  primary: 5_000,
  anonymousPrimary: 60,
  jobPrimary: 1_000,
  // https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization
  auditLogPrimary: 1_750,
  // https://docs.github.com/en/rest/search/search#rate-limit
  searchPrimary: 30,
  anonymousSearchPrimary: 10,
  restPointsPerMinute: 900,
  graphqlPointsPerMinute: 2_000,
  contentPerMinute: 80,
  contentPerHour: 500,
  sendRetryAfter: true,
};

export type Resource = "core" | "graphql" | "audit_log" | "search";

export interface Window {
  limit: number;
  used: number;
  remaining: number;
  /** Seconds since 1970. */
  reset: number;
}

export interface Budget {
  /** Throws GitHub's refusal if the actor's budget is used up. */
  assertWithin(actor: Actor, resource: Resource): void;
  /** Counts one request with its points; `free` does not use the primary budget. */
  spend(actor: Actor, resource: Resource, points: number, free: boolean): void;
  /** Counts one piece of created content; throws if there were too many. */
  createContent(actor: Actor): void;
  window(actor: Actor, resource: Resource): Window;
  /** Resets all budgets. */
  reset(): void;
}

const hour = 3_600_000;
const minute = 60_000;

export function createBudget(clock: Clock, limits: Limits): Budget {
  const windows = new Map<string, { used: number; end: number }>();
  const events = new Map<string, { at: number; points: number }[]>();

  const primaryLimit = (actor: Actor, resource: Resource) => {
    const isAnonymous = actor.kind === "anonymous";
    if (resource === "audit_log") return limits.auditLogPrimary;
    if (resource === "search") {
      return isAnonymous ? limits.anonymousSearchPrimary : limits.searchPrimary;
    }
    if (isAnonymous) return limits.anonymousPrimary;
    return actor.kind === "job" ? limits.jobPrimary : limits.primary;
  };
  const keyOf = (actor: Actor, kind: string) =>
    `${kind} ${actor.kind === "job" ? actor.tokenName : actorName(actor).toLowerCase()}`;

  const openWindow = (actor: Actor, resource: Resource) => {
    const key = keyOf(actor, resource);
    const existing = windows.get(key);
    if (existing !== undefined && existing.end > clock.now()) return existing;
    const fresh = { used: 0, end: clock.now() + (resource === "search" ? minute : hour) };
    windows.set(key, fresh);
    return fresh;
  };
  const spentWithin = (key: string, duration: number) =>
    (events.get(key) ?? [])
      .filter(({ at }) => at > clock.now() - duration)
      .reduce((sum, { points }) => sum + points, 0);
  const note = (key: string, points: number, duration: number) => {
    const recent = (events.get(key) ?? []).filter(({ at }) => at > clock.now() - duration);
    events.set(key, [...recent, { at: clock.now(), points }]);
  };
  const window = (actor: Actor, resource: Resource): Window => {
    const { used, end } = openWindow(actor, resource);
    const limit = primaryLimit(actor, resource);
    return {
      limit,
      used: Math.min(used, limit),
      remaining: Math.max(0, limit - used),
      reset: Math.ceil(end / 1000),
    };
  };

  return {
    window,
    reset() {
      windows.clear();
      events.clear();
    },
    assertWithin(actor, resource) {
      if (window(actor, resource).remaining <= 0) throw primaryRefusal(actor, resource);
      const perMinute =
        resource === "graphql" ? limits.graphqlPointsPerMinute : limits.restPointsPerMinute;
      if (spentWithin(keyOf(actor, `${resource} points`), minute) >= perMinute) {
        throw secondaryRefusal(limits.sendRetryAfter);
      }
    },
    spend(actor, resource, points, free) {
      note(keyOf(actor, `${resource} points`), points, minute);
      if (!free) openWindow(actor, resource).used += 1;
    },
    createContent(actor) {
      const key = keyOf(actor, "content");
      if (
        spentWithin(key, minute) >= limits.contentPerMinute ||
        spentWithin(key, hour) >= limits.contentPerHour
      ) {
        throw secondaryRefusal(limits.sendRetryAfter);
      }
      note(key, 1, hour);
    },
  };
}

function primaryRefusal(actor: Actor, resource: Resource): ApiError {
  const who = actor.kind === "anonymous" ? "127.0.0.1" : `user ${actor.login}`;
  return new ApiError(resource === "graphql" ? 200 : 403, `API rate limit exceeded for ${who}.`, {
    documentation: "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api",
  });
}

function secondaryRefusal(sendRetryAfter: boolean): ApiError {
  return new ApiError(
    403,
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    {
      headers: sendRetryAfter ? { "retry-after": "60" } : {},
      documentation:
        "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits",
    },
  );
}
