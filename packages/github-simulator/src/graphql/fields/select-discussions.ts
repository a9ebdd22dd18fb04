import { mentions } from "../../world/discussions/issues.ts";
import type { Issue, PullRequest } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";
import { graphqlError, type Arguments } from "../core/resolver.ts";

type Filter = Readonly<Record<string, string | string[] | false | null | undefined>>;

/** https://docs.github.com/en/graphql/reference/input-objects#issuefilters */
const knownFilters = ["assignee", "createdBy", "labels", "mentioned", "since", "states"];

export function selectIssues(repository: Repository, args: Arguments): Issue[] {
  const filter = (args.filterBy ?? {}) as Filter;
  for (const [name, value] of Object.entries(filter)) {
    // The schema sets `viewerSubscribed` to false if a query leaves it out.
    if (value != null && value !== false && !knownFilters.includes(name)) {
      throw graphqlError("NOT_IMPLEMENTED", `the simulator does not implement filterBy.${name}`);
    }
  }
  const { createdBy, mentioned, since } = filter;
  const found = repository.issues.filter(
    (issue) =>
      isAmong(args.states, issue.state.toUpperCase()) &&
      isAmong(filter.states, issue.state.toUpperCase()) &&
      (createdBy == null || issue.author === createdBy) &&
      (mentioned == null || mentions(repository, issue, String(mentioned))) &&
      (since == null || issue.updatedAt >= String(since)) &&
      isAssigned(issue, filter.assignee) &&
      wears(issue, args.labels) &&
      wears(issue, filter.labels),
  );
  return inOrder(found, args);
}

export function selectPulls(repository: Repository, args: Arguments): PullRequest[] {
  const found = repository.pulls.filter(
    (pull) =>
      isAmong(args.states, pullState(pull)) &&
      (args.headRefName == null || pull.head.ref === args.headRefName) &&
      (args.baseRefName == null || pull.base.ref === args.baseRefName) &&
      wears(pull, args.labels),
  );
  return inOrder(found, args);
}

export function pullState(pull: PullRequest): "OPEN" | "CLOSED" | "MERGED" {
  if (pull.mergedAt !== null) return "MERGED";
  return pull.state === "open" ? "OPEN" : "CLOSED";
}

export function isDescending({ orderBy }: Arguments): boolean {
  return (orderBy as { direction?: string } | null | undefined)?.direction === "DESC";
}

/** Some clients send null for an unused filter, others leave it out. */
function isAmong(states: unknown, state: string): boolean {
  return states == null || (states as string[]).includes(state);
}

/** Null stands for nobody, and `*` for anybody. */
function isAssigned({ assignees }: Issue, wanted: Filter[string]): boolean {
  if (wanted === undefined) return true;
  if (wanted === null) return assignees.length === 0;
  return wanted === "*" ? assignees.length > 0 : assignees.includes(String(wanted));
}

/** GitHub does not document whether all of several labels are required. */
function wears({ labels }: Issue | PullRequest, asked: unknown): boolean {
  const [label, ...more] = (asked ?? []) as string[];
  if (more.length > 0) {
    throw graphqlError("NOT_IMPLEMENTED", "the simulator does not filter by several labels");
  }
  return label === undefined || labels.some((worn) => worn.toLowerCase() === label.toLowerCase());
}

/** https://docs.github.com/en/graphql/reference/enums#issueorderfield; by default oldest first. */
function inOrder<Item extends Issue | PullRequest>(found: Item[], args: Arguments): Item[] {
  const field = (args.orderBy as { field?: string } | null | undefined)?.field ?? "CREATED_AT";
  if (field !== "CREATED_AT" && field !== "UPDATED_AT") {
    throw graphqlError("NOT_IMPLEMENTED", `the simulator does not order by ${field}`);
  }
  const key = field === "CREATED_AT" ? "createdAt" : "updatedAt";
  found.sort((a, b) => a[key].localeCompare(b[key]) || a.number - b.number);
  return isDescending(args) ? found.reverse() : found;
}
