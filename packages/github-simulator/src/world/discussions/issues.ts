import type { Session } from "../session.ts";
import type { Issue, PullRequest, IssueComment } from "../state/discussions.ts";
import type { Repository } from "../state/repository.ts";
import { actorName } from "../actor.ts";
import { assureLabels } from "../repositories/labels.ts";
import { effectiveRole, hasRole } from "../accounts/permissions.ts";
import { changesBetween, type ChangeDetail, type DiscussionAction } from "../events.ts";
import type { World } from "../world.ts";

export interface NewIssue {
  title: string;
  body: string | null;
  labels: readonly string[];
  assignees: readonly string[];
  /** Its number. */
  milestone: number | null;
}

/** Opens an issue. Labels, assignees and milestone from those who may not push are ignored, like on GitHub. */
export function openIssue(
  session: Session,
  repository: Repository,
  { title, body, labels, assignees, milestone }: NewIssue,
): Issue {
  const { world, actor } = session;
  const now = world.now();
  const mayTriage = hasRole(effectiveRole(session, repository), "write");
  const issue: Issue = {
    id: world.nextId(),
    number: nextNumber(repository),
    title,
    body,
    author: actorName(actor),
    labels: [],
    assignees: [],
    milestone: null,
    state: "open",
    stateReason: null,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
  };
  repository.issues.push(issue);
  report(session, repository, issue, "opened");
  if (mayTriage) editDiscussion(session, repository, issue, { labels, assignees, milestone });
  return issue;
}

export interface DiscussionChange {
  title?: string | undefined;
  body?: string | null | undefined;
  /** Names; labels that the repository does not have are created. */
  labels?: readonly string[] | undefined;
  /** Logins; unknown ones are skipped. */
  assignees?: readonly string[] | undefined;
  /** Of an issue: its milestone's number. */
  milestone?: number | null | undefined;
}

/** Changes an issue or a pull request, and reports each change as GitHub does. */
export function editDiscussion(
  session: Session,
  repository: Repository,
  item: Issue | PullRequest,
  given: DiscussionChange,
): void {
  const { world } = session;
  const before = { ...item };
  item.title = given.title ?? item.title;
  if (given.body !== undefined) item.body = given.body;
  if (given.labels !== undefined) {
    item.labels = assureLabels(session, repository, given.labels);
  }
  if (given.assignees !== undefined) {
    item.assignees = [...new Set(knownLogins(world, given.assignees))];
  }
  if ("milestone" in item && given.milestone !== undefined) item.milestone = given.milestone;
  item.updatedAt = world.now();

  const emit = (action: DiscussionAction, detail: ChangeDetail) =>
    report(session, repository, item, action, detail);
  const changes = changesBetween(before, item, ["title", "body"]);
  if (Object.keys(changes).length > 0) emit("edited", { changes });
  for (const name of without(item.labels, before.labels))
    emit("labeled", labelled(repository, name));
  for (const name of without(before.labels, item.labels)) {
    emit("unlabeled", labelled(repository, name));
  }
  for (const assignee of without(item.assignees, before.assignees)) emit("assigned", { assignee });
  for (const assignee of without(before.assignees, item.assignees)) {
    emit("unassigned", { assignee });
  }
  if ("milestone" in item && "milestone" in before && item.milestone !== before.milestone) {
    const planned = (number: number | null): ChangeDetail => {
      const milestone = repository.milestones.find((each) => each.number === number);
      return milestone === undefined ? {} : { milestone };
    };
    if (before.milestone !== null) emit("demilestoned", planned(before.milestone));
    if (item.milestone !== null) emit("milestoned", planned(item.milestone));
  }
}

function labelled({ labels }: Repository, name: string): ChangeDetail {
  const label = labels.get(name.toLowerCase());
  return label === undefined ? {} : { label };
}

function without(all: readonly string[], others: readonly string[]): string[] {
  return all.filter((each) => !others.includes(each));
}

function report(
  { world, actor }: Session,
  repository: Repository,
  item: Issue | PullRequest,
  action: DiscussionAction,
  detail: ChangeDetail = {},
): void {
  if ("head" in item) {
    const { number } = item;
    world.events.emit("pull_request", { repository, number, action, detail, actor });
  } else {
    world.events.emit("issues", { repository, issue: item, action, detail, actor });
  }
}

/** Closes or reopens an issue; has no effect if it is already so. */
export function setIssueState(
  session: Session,
  repository: Repository,
  issue: Issue,
  state: Issue["state"],
  reason: string | null | undefined,
): void {
  if (issue.state === state) return;
  const isClosed = state === "closed";
  issue.state = state;
  issue.stateReason = reason ?? (isClosed ? "completed" : "reopened");
  issue.updatedAt = session.world.now();
  issue.closedAt = isClosed ? issue.updatedAt : null;
  report(session, repository, issue, isClosed ? "closed" : "reopened");
}

/** @param number of an issue or a pull request */
export function addComment(
  { world, actor }: Session,
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
  const item = findDiscussion(repository, number);
  if (item !== undefined) item.updatedAt = now;
  world.events.emit("issue_comment", { repository, comment, action: "created", actor });
  return comment;
}

export function editComment(
  { world, actor }: Session,
  repository: Repository,
  comment: IssueComment,
  body: string,
): void {
  const detail = { changes: { body: { from: comment.body } } };
  comment.body = body;
  comment.updatedAt = world.now();
  world.events.emit("issue_comment", { repository, comment, action: "edited", detail, actor });
}

export function deleteComment(
  { world, actor }: Session,
  repository: Repository,
  comment: IssueComment,
): void {
  repository.comments = repository.comments.filter((each) => each !== comment);
  world.events.emit("issue_comment", { repository, comment, action: "deleted", actor });
}

/** The accounts of logins; unknown ones are skipped, like on GitHub. */
export function knownLogins(world: World, logins: readonly string[]): string[] {
  return logins.flatMap((login) => world.findUser(login)?.login ?? []);
}

/** Issues and pull requests of a repository have one sequence of numbers. */
export function nextNumber({ issues, pulls }: Repository): number {
  return issues.length + pulls.length + 1;
}

/** The issue or pull request with a number. */
export function findDiscussion({ issues, pulls }: Repository, number: number) {
  return [...issues, ...pulls].find((each) => each.number === number);
}

/** Whether an issue or one of its comments mentions somebody by `@login`. */
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
