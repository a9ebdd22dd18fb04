import type { Budget, BudgetWindow } from "../../github/client/read-budget.ts";
import { isNewFiles, repositoryOf, type EngineChange } from "../../stack/engine-change.ts";
import { ghcrType, githubType } from "../../stack/resource-types.ts";

/** How much of GitHub's limits the changes use. */
export interface BudgetEstimate {
  /** REST requests, reads and writes. */
  readonly requests: number;
  /** Requests and mutations that change something. */
  readonly writes: number;
  /** Points of GraphQL's own budget. */
  readonly graphqlPoints: number;
  /** Writes that GitHub counts as content: commits, branches, pull requests. */
  readonly contentWrites: number;
  /** The shortest time that GitHub's limits allow, in seconds. */
  readonly seconds: number;
}

export type Pace = "steady" | "burst";

type Cost = Pick<BudgetEstimate, "requests" | "writes" | "graphqlPoints" | "contentWrites"> & {
  readonly pullRequests: number;
};

const nothing: Cost = {
  requests: 0,
  writes: 0,
  graphqlPoints: 0,
  contentWrites: 0,
  pullRequests: 0,
};
/** One signed commit: a mutation. */
const commit: Cost = { ...nothing, writes: 1, graphqlPoints: 5, contentWrites: 1 };
/** Read the tags of the series, and make the next one. */
const tag: Cost = { ...nothing, requests: 2, writes: 1, contentWrites: 1 };
/** Find an open one, create a branch, read the files, commit, and open the pull request. */
const pullRequest: Cost = {
  requests: 1,
  writes: 3,
  graphqlPoints: 13,
  contentWrites: 3,
  pullRequests: 1,
};

export interface EstimateOptions {
  /** How many repositories the fleet has. */
  readonly repositories: number;
  /** URNs of what the run refreshes; none where it trusts the state. */
  readonly refreshed: readonly string[];
  /** The number of updates, each of which reads the fleet first; one if absent. */
  readonly updates?: number;
  /** What the previews between waves read again: one entry for each preview of a change. */
  readonly previewed?: readonly EngineChange[];
  readonly pace: Pace;
}

/**
 * Adds up the cost of changes and of the refresh before them, in preview and update. It is an estimate:
 * a protected branch takes some more requests, for its pull request, and settings take fewer where they
 * already have the desired value, or where the organisation has it for all repositories.
 */
export function estimateBudget(
  changes: readonly EngineChange[],
  { repositories, refreshed, updates = 1, previewed = [], pace }: EstimateOptions,
): BudgetEstimate {
  const reading = changes.length > 0 ? readingCost(repositories, refreshed, updates) : nothing;
  const previews = previewed.reduce((sum, change) => sum + previewCostOf(change), 0);
  const cost = changes
    .map(costOf)
    .reduce(add, { ...reading, requests: reading.requests + previews });
  const { requests, writes, graphqlPoints, contentWrites } = cost;
  return { requests, writes, graphqlPoints, contentWrites, seconds: leastSeconds(cost, pace) };
}

/** Files, branches and packages are read for a hundred repositories at once; the rest one by one. */
function readingCost(repositories: number, refreshed: readonly string[], updates: number): Cost {
  const batches = Math.ceil(repositories / 100);
  const single = refreshed.reduce((sum, urn) => sum + readsOf(urn), 0);
  return {
    ...nothing,
    graphqlPoints: updates * 2 * batches,
    requests: updates * (batches + 2 * single),
  };
}

/** The requests with which a refresh reads a resource. */
function readsOf(urn: string): number {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  switch (type) {
    case ghcrType.secret:
      // An organisation's secret also has a list of repositories.
      return repositoryOf(urn) === undefined ? 2 : 1;
    case ghcrType.environment:
      // Itself, and its policies.
      return 2;
    case ghcrType.variable:
    case ghcrType.settings:
      return 1;
    case githubType.organizationVariable:
      return 2;
    default:
      return type.startsWith("github:") ? 1 : 0;
  }
}

/** What the update sends; the preview before it sends less. */
function costOf(change: EngineChange): Cost {
  const { type, operation, repository, fields, byPullRequest, isTagged, takesBack } = change;
  const kind = kindOf(operation);
  switch (type) {
    case ghcrType.publishing:
      if (!isNewFiles(change) && !takesBack) return nothing;
      return byPullRequest ? pullRequest : commit;
    case ghcrType.shared:
      if (takesBack) return byPullRequest ? pullRequest : commit;
      if (isNewFiles(change))
        return byPullRequest ? pullRequest : isTagged ? add(commit, tag) : commit;
      // A pull request was merged, somebody moved the tag, or callers begin to name tags.
      return isTagged && fields.some((field) => ["tag", "ref"].includes(field)) ? tag : nothing;
    case ghcrType.secret:
      // Reads the secret and the public key, writes, and reads the result.
      return { create: rest(3, 1), update: rest(2, 1), delete: rest(1, 1) }[kind];
    case ghcrType.variable:
      return { create: rest(1, 1), update: rest(0, 1), delete: rest(0, 1) }[kind];
    case ghcrType.environment:
      // Writes the environment and three policies; before it reads them, and after it the public key.
      return { create: rest(2, 4), update: rest(2, 2), delete: nothing }[kind];
    case ghcrType.settings:
      return kind === "delete" ? nothing : rest(1, 1);
    default:
      if (!type.startsWith("github:")) return nothing;
      // Stacks of earlier versions have settings of repositories, which stay.
      return kind === "delete" && repository !== undefined ? nothing : rest(1, 1);
  }
}

/** The requests of a preview for a change: the value that it replaces, and the public key. */
function previewCostOf({ type, operation, repository }: EngineChange): number {
  const kind = kindOf(operation);
  switch (type) {
    case ghcrType.secret:
      // An organisation's secret also has a list of repositories.
      if (repository === undefined) return kind === "delete" ? 0 : 3;
      return { create: 2, update: 1, delete: 0 }[kind];
    case ghcrType.variable:
      return kind === "create" ? 1 : 0;
    case ghcrType.environment:
    case ghcrType.settings:
      return kind === "delete" ? 0 : 1;
    default:
      return 0;
  }
}

function kindOf(operation: EngineChange["operation"]): "create" | "update" | "delete" {
  if (operation.startsWith("delete")) return "delete";
  return operation.startsWith("create") || operation === "import" ? "create" : "update";
}

function rest(reads: number, writes: number): Cost {
  return { ...nothing, requests: reads + writes, writes };
}

function add(a: Cost, b: Cost): Cost {
  return {
    requests: a.requests + b.requests,
    writes: a.writes + b.writes,
    graphqlPoints: a.graphqlPoints + b.graphqlPoints,
    contentWrites: a.contentWrites + b.contentWrites,
    pullRequests: a.pullRequests + b.pullRequests,
  };
}

const minute = 60;
const hour = 60 * minute;

/**
 * GitHub documents no limit for pull requests, but blocks accounts that open many: one user was blocked
 * after about 69 in an hour.
 */
const pullRequestsAnHour = 60;

/**
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */
function leastSeconds(cost: Cost, pace: Pace): number {
  const restWrites = Math.max(0, cost.writes - cost.contentWrites);
  return Math.max(
    pace === "steady" ? cost.writes : windows(cost.writes, 80) * minute,
    windows(cost.contentWrites, 80) * minute,
    windows(cost.contentWrites, 500) * hour,
    windows(cost.pullRequests, pullRequestsAnHour) * hour,
    // A read counts 1 point, a write 5.
    windows(cost.requests + 4 * restWrites, 900) * minute,
    windows(cost.graphqlPoints, 2000) * minute,
    windows(cost.requests, 5000) * hour,
  );
}

/** How many whole windows pass before the last of `count` is allowed. */
function windows(count: number, allowed: number): number {
  return Math.max(0, Math.ceil(count / allowed) - 1);
}

/** @returns a warning for each of GitHub's hourly budgets that is too small for the plan */
export function compareWithBudget(
  { requests, graphqlPoints }: BudgetEstimate,
  left: Budget | undefined,
): string[] {
  if (!left) return [];
  return [
    ...compare("requests", requests, left.rest),
    ...compare("GraphQL points", graphqlPoints, left.graphql),
  ];
}

function compare(what: string, needed: number, left: BudgetWindow | undefined): string[] {
  if (left === undefined || needed <= left.remaining) return [];
  const fresh = new Date(left.reset * 1000).toISOString().slice(11, 16);
  return [
    `the admin token has ${left.remaining} ${what} left, and this needs ${needed}; ` +
      `GitHub renews the budget at ${fresh} UTC: start after that, or resume then`,
  ];
}
