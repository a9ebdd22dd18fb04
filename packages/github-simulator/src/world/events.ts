import type { Actor } from "./actor.ts";
import type {
  Issue,
  IssueComment,
  Label,
  MergeGroup,
  Milestone,
  PullRequest,
  Review,
} from "./state/discussions.ts";
import type { Organisation } from "./state/accounts.ts";
import type { Release } from "./state/release.ts";
import type { CommitStatus, Repository } from "./state/repository.ts";
import type { Webhook } from "./state/webhook.ts";
import type { WebhookHolder } from "./webhooks.ts";

/** Events for workflows and webhooks. */
export interface WorldEvents {
  /** A branch or tag was created, moved or deleted; ids are 40 zeros where there is none. */
  push: { repository: Repository; ref: string; before: string; after: string; actor: Actor };
  /** A release was created (not as a draft), published, edited, deleted, or is no pre-release any more (`released`). */
  release: {
    repository: Repository;
    release: Release;
    action: "created" | "published" | "edited" | "released" | "deleted";
    actor: Actor;
  };
  /** A caller sent a `repository_dispatch` event with its own type. */
  repository_dispatch: {
    repository: Repository;
    type: string;
    payload: Readonly<Record<string, unknown>>;
    actor: Actor;
  };
  pull_request: {
    repository: Repository;
    number: number;
    action:
      | DiscussionAction
      | "synchronize"
      | "converted_to_draft"
      | "ready_for_review"
      | "review_requested"
      | "review_request_removed";
    /** The former head, if a push changed it. */
    before?: string;
    detail?: ChangeDetail;
    actor: Actor;
  };
  /** A pull request reached the head of a merge queue, and its group needs the required checks. */
  merge_group: { repository: Repository; group: MergeGroup; branch: string; actor: Actor };
  issues: {
    repository: Repository;
    issue: Issue;
    action: DiscussionAction;
    detail?: ChangeDetail;
    actor: Actor;
  };
  issue_comment: {
    repository: Repository;
    comment: IssueComment;
    action: "created" | "edited" | "deleted";
    detail?: ChangeDetail;
    actor: Actor;
  };
  pull_request_review: { repository: Repository; pull: PullRequest; review: Review; actor: Actor };
  label: {
    repository: Repository;
    label: Label;
    action: "created" | "edited" | "deleted";
    detail?: ChangeDetail;
    actor: Actor;
  };
  milestone: {
    repository: Repository;
    milestone: Milestone;
    action: "created" | "edited" | "opened" | "closed" | "deleted";
    detail?: ChangeDetail;
    actor: Actor;
  };
  /** A commit status was set. */
  status: { repository: Repository; status: CommitStatus; actor: Actor };
  /** A repository became public. */
  public: { repository: Repository; actor: Actor };
  webhook: WebhookEvent;
}

/** Events of both issues and pull requests. */
export type DiscussionAction =
  | "opened"
  | "edited"
  | "closed"
  | "reopened"
  | "labeled"
  | "unlabeled"
  | "assigned"
  | "unassigned"
  | "milestoned"
  | "demilestoned";

/** The details of an action. */
export interface ChangeDetail {
  label?: Label;
  milestone?: Milestone;
  /** Login. */
  assignee?: string;
  /** Login. */
  reviewer?: string;
  /** The former values, by their names in payloads. */
  changes?: Readonly<Record<string, object>>;
}

/** Events that webhooks receive and workflows do not, or not in this form. */
export interface WebhookEvent {
  /** As GitHub names it, such as `workflow_job`. */
  name: string;
  repository?: Repository | undefined;
  organisation?: Organisation | undefined;
  /** Login of the actor. */
  sender: string;
  /** The event's own fields of the payload; computed only if a hook is subscribed. */
  payload: () => Readonly<Record<string, unknown>>;
  /** For this hook only, whatever its subscriptions: a ping. */
  only?: { holder: WebhookHolder; hook: Webhook };
}

/** The former values of what changed. */
export function changesBetween<Thing extends object>(
  before: Thing,
  now: Thing,
  keys: readonly (keyof Thing & string)[],
): NonNullable<ChangeDetail["changes"]> {
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return Object.fromEntries(
    keys.filter((key) => before[key] !== now[key]).map((key) => [key, { from: text(before[key]) }]),
  );
}

type Handler<Name extends keyof WorldEvents> = (event: WorldEvents[Name]) => void;

export interface EventHub {
  /** Calls the handler after each such event; returns a function that ends the subscription. */
  on<Name extends keyof WorldEvents>(name: Name, handler: Handler<Name>): () => void;
  emit<Name extends keyof WorldEvents>(name: Name, event: WorldEvents[Name]): void;
}

export function createEventHub(): EventHub {
  const handlers: { [Name in keyof WorldEvents]: Set<Handler<Name>> } = {
    push: new Set(),
    release: new Set(),
    repository_dispatch: new Set(),
    pull_request: new Set(),
    merge_group: new Set(),
    issues: new Set(),
    issue_comment: new Set(),
    pull_request_review: new Set(),
    label: new Set(),
    milestone: new Set(),
    status: new Set(),
    public: new Set(),
    webhook: new Set(),
  };
  return {
    on(name, handler) {
      handlers[name].add(handler);
      return () => handlers[name].delete(handler);
    },
    emit(name, event) {
      for (const handler of handlers[name]) handler(event);
    },
  };
}
