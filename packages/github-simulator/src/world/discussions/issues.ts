import type { Issue, PullRequest, IssueComment } from "../state/discussions.ts";
import type { Repository } from "../state/repository.ts";
import { actorName, type Actor } from "../actor.ts";
import { assureLabels } from "../repositories/labels.ts";
import { effectiveRole, hasRole } from "../accounts/permissions.ts";
import type { World } from "../world.ts";

export interface NewIssue {
  title: string;
  body: string | null;
  labels: readonly string[];
  assignees: readonly string[];
  /** Its number. */
  milestone: number | null;
}

/** Opens an issue. Those who may not push cannot label, assign or plan; GitHub drops it silently. */
export function openIssue(
  world: World,
  actor: Actor,
  repository: Repository,
  { title, body, labels, assignees, milestone }: NewIssue,
): Issue {
  const now = world.now();
  const mayTriage = hasRole(effectiveRole(world, actor, repository), "write");
  const issue: Issue = {
    id: world.nextId(),
    number: nextNumber(repository),
    title,
    body,
    author: actorName(actor),
    labels: mayTriage ? assureLabels(world, repository, labels) : [],
    assignees: mayTriage ? knownLogins(world, assignees) : [],
    milestone: mayTriage ? milestone : null,
    state: "open",
    stateReason: null,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
  };
  repository.issues.push(issue);
  return issue;
}

/** Closes or reopens an issue; it stays as it is where that is so already. */
export function setIssueState(
  world: World,
  issue: Issue,
  state: Issue["state"],
  reason: string | null | undefined,
): void {
  if (issue.state === state) return;
  const isClosed = state === "closed";
  issue.state = state;
  issue.stateReason = reason ?? (isClosed ? "completed" : "reopened");
  issue.closedAt = isClosed ? world.now() : null;
}

/** @param number of an issue or a pull request */
export function addComment(
  world: World,
  actor: Actor,
  repository: Repository,
  number: number,
  body: string,
): IssueComment {
  const now = world.now();
  const comment: IssueComment = {
    id: world.nextId(),
    issue: number,
    author: actorName(actor),
    body,
    createdAt: now,
    updatedAt: now,
  };
  repository.comments.push(comment);
  const items = [...repository.issues, ...repository.pulls];
  const item = items.find((each) => each.number === number);
  if (item !== undefined) item.updatedAt = now;
  return comment;
}

/** The accounts of logins; GitHub drops those that it does not know. */
export function knownLogins(world: World, logins: readonly string[]): string[] {
  return logins.flatMap((login) => world.findUser(login)?.login ?? []);
}

/** Issues and pull requests of a repository share their numbers. */
export function nextNumber({ issues, pulls }: Repository): number {
  return issues.length + pulls.length + 1;
}

/** Whether an issue, or what was said of it, names somebody by `@login`. */
export function mentions(
  { comments }: Repository,
  { number, body }: Issue | PullRequest,
  login: string,
): boolean {
  const said = comments.filter(({ issue }) => issue === number).map((comment) => comment.body);
  return [body ?? "", ...said]
    .flatMap((text) => [...text.matchAll(/(?<![\w-])@([\w-]+)/g)])
    .some(([, named]) => named?.toLowerCase() === login.toLowerCase());
}
