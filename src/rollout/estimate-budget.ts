import type { EngineChange } from "./engine-change.ts";

/** What changes cost of what GitHub allows. */
export interface BudgetEstimate {
  /** REST requests, reads and writes. */
  readonly requests: number;
  /** Requests and mutations that change something. */
  readonly writes: number;
  /** Points of GraphQL's own budget. */
  readonly graphqlPoints: number;
  /** Writes that GitHub counts as content: commits, branches, pull requests. */
  readonly contentWrites: number;
  /** The least time that GitHub's limits make it take, in seconds. */
  readonly seconds: number;
}

export type Pace = "steady" | "burst";

type Cost = Pick<BudgetEstimate, "requests" | "writes" | "graphqlPoints" | "contentWrites">;

const nothing: Cost = { requests: 0, writes: 0, graphqlPoints: 0, contentWrites: 0 };
/** One signed commit: a mutation. */
const commit: Cost = { requests: 0, writes: 1, graphqlPoints: 5, contentWrites: 1 };
/** Public key, write, and the look at what it left. */
const secret: Cost = { requests: 3, writes: 1, graphqlPoints: 0, contentWrites: 0 };
/** A look and a write. */
const setting: Cost = { requests: 2, writes: 1, graphqlPoints: 0, contentWrites: 0 };

/**
 * Adds up what changes cost. It is an estimate: a protected branch takes some requests more, for
 * its pull request, and settings that are as wished already take less.
 *
 * @param repositories how many the run reads
 */
export function estimateBudget(
  changes: readonly EngineChange[],
  repositories: number,
  pace: Pace,
): BudgetEstimate {
  const reading = { ...nothing, ...(changes.length > 0 && readingCost(repositories)) };
  const cost = changes.map(costOf).reduce(add, reading);
  return { ...cost, seconds: leastSeconds(cost, pace) };
}

/** Files, branches and secrets are read a hundred repositories at once, packages too. */
function readingCost(repositories: number): Pick<Cost, "graphqlPoints" | "requests"> {
  const batches = Math.ceil(repositories / 100);
  return { graphqlPoints: 2 * batches, requests: batches };
}

function costOf({ type, operation }: EngineChange): Cost {
  switch (type) {
    case "ghcr:index:WorkflowFiles":
      return operation === "delete" ? nothing : commit;
    case "ghcr:index:RegistrySecret":
      return secret;
    case "ghcr:index:RegistryVariable":
      return setting;
    default:
      return type.startsWith("github:") ? setting : nothing;
  }
}

function add(a: Cost, b: Cost): Cost {
  return {
    requests: a.requests + b.requests,
    writes: a.writes + b.writes,
    graphqlPoints: a.graphqlPoints + b.graphqlPoints,
    contentWrites: a.contentWrites + b.contentWrites,
  };
}

const minute = 60;
const hour = 60 * minute;

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
    // A read is worth 1 point, a write 5.
    windows(cost.requests + 4 * restWrites, 900) * minute,
    windows(cost.graphqlPoints, 2000) * minute,
    windows(cost.requests, 5000) * hour,
  );
}

/** How many whole windows have to pass before the last of `count` fits in. */
function windows(count: number, allowed: number): number {
  return Math.max(0, Math.ceil(count / allowed) - 1);
}
