import type { Actor } from "./actor.ts";
import type {
  Issue,
  IssueComment,
  Label,
  Milestone,
  PullRequest,
  Review,
} from "./state/discussions.ts";
import type { Organisation } from "./state/accounts.ts";
import type { Release } from "./state/release.ts";
import type { CommitStatus, Repository } from "./state/repository.ts";
import type { Webhook, WebhookDelivery } from "./state/webhook.ts";
import type { WebhookHolder } from "./webhooks.ts";

/** What happens, as workflows and webhooks receive it. */
export interface WorldEvents {
  /** A branch or tag was created, moved or deleted; ids are 40 zeros where there is none. */
  push: { repository: Repository; ref: string; before: string; after: string; actor: Actor };
  /** A release was created without being a draft, published, edited or deleted. */
  release: {
    repository: Repository;
    release: Release;
    action: "created" | "published" | "edited" | "deleted";
    actor: Actor;
  };
  /** Somebody called workflows by a name of their own. */
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
    /** The head of before, of what a push changed. */
    before?: string;
    detail?: ChangeDetail;
    actor: Actor;
  };
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
  /** Somebody reported of a commit. */
  status: { repository: Repository; status: CommitStatus; actor: Actor };
  /** A repository became public. */
  public: { repository: Repository; actor: Actor };
  webhook: WebhookEvent;
  /** Somebody asks for a delivery once more. */
  redelivery: { holder: WebhookHolder; hook: Webhook; delivery: WebhookDelivery };
}

/** What happens to issues and pull requests alike. */
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

/** What an action was about, besides the thing itself. */
export interface ChangeDetail {
  label?: Label;
  milestone?: Milestone;
  /** Login. */
  assignee?: string;
  /** Login. */
  reviewer?: string;
  /** Values of before, by the names that payloads use. */
  changes?: Readonly<Record<string, object>>;
}

/** What webhooks report and workflows do not, or not in this form. */
export interface WebhookEvent {
  /** As GitHub names it, such as `workflow_job`. */
  name: string;
  repository?: Repository | undefined;
  organisation?: Organisation | undefined;
  /** Login of who did it. */
  sender: string;
  /** What the payload holds besides what each one does; asked for where a hook listens. */
  payload: () => Readonly<Record<string, unknown>>;
  /** For this hook alone, whatever it listens to: a ping. */
  only?: { holder: WebhookHolder; hook: Webhook };
}

/** The values of before of what is other than it was. */
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
  /** Calls the handler at each such event, after the change; the answer ends the subscription. */
  on<Name extends keyof WorldEvents>(name: Name, handler: Handler<Name>): () => void;
  emit<Name extends keyof WorldEvents>(name: Name, event: WorldEvents[Name]): void;
}

export function createEventHub(): EventHub {
  const handlers: { [Name in keyof WorldEvents]: Set<Handler<Name>> } = {
    push: new Set(),
    release: new Set(),
    repository_dispatch: new Set(),
    pull_request: new Set(),
    issues: new Set(),
    issue_comment: new Set(),
    pull_request_review: new Set(),
    label: new Set(),
    milestone: new Set(),
    status: new Set(),
    public: new Set(),
    webhook: new Set(),
    redelivery: new Set(),
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
