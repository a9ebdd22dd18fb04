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

/** Something that somebody did in a repository. */
type Happened<Fields> = Fields & { repository: Repository; actor: Actor };

/** The same, for what is opened, changed and so on. */
type Changed<Fields, Action extends string = "created" | "edited" | "deleted"> = Happened<
  Fields & { action: Action; detail?: ChangeDetail }
>;

/** Events for workflows and webhooks. */
export interface WorldEvents {
  /** A branch or tag was created, moved or deleted; ids are 40 zeros where there is none. */
  push: Happened<{ ref: string; before: string; after: string }>;
  /** A release was created (not as a draft), published, edited, deleted, or is no pre-release any more (`released`). */
  release: Happened<{
    release: Release;
    action: "created" | "published" | "edited" | "released" | "deleted";
  }>;
  /** A caller sent a `repository_dispatch` event with its own type. */
  repository_dispatch: Happened<{ type: string; payload: Readonly<Record<string, unknown>> }>;
  /** With the former head, if a push changed it. */
  pull_request: Changed<{ number: number; before?: string }, PullRequestAction>;
  /** A pull request reached the head of a merge queue, and its group needs the required checks. */
  merge_group: Happened<{ group: MergeGroup; branch: string }>;
  issues: Changed<{ issue: Issue }, DiscussionAction>;
  issue_comment: Changed<{ comment: IssueComment }>;
  pull_request_review: Happened<{ pull: PullRequest; review: Review }>;
  label: Changed<{ label: Label }>;
  milestone: Changed<
    { milestone: Milestone },
    "created" | "edited" | "opened" | "closed" | "deleted"
  >;
  /** A commit status was set. */
  status: Happened<{ status: CommitStatus }>;
  /** A repository became public. */
  public: Happened<object>;
  webhook: WebhookEvent;
}

type PullRequestAction =
  | DiscussionAction
  | "synchronize"
  | "converted_to_draft"
  | "ready_for_review"
  | "review_requested"
  | "review_request_removed";

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
  const handlers = new Map<string, Set<(event: never) => void>>();
  return {
    on(name, handler) {
      const known = handlers.get(name) ?? new Set();
      handlers.set(name, known.add(handler));
      return () => known.delete(handler);
    },
    emit(name, event) {
      for (const handler of handlers.get(name) ?? []) handler(event as never);
    },
  };
}
