import type { Actor } from "./actor.ts";
import type { Organisation } from "./state/accounts.ts";
import type { Release } from "./state/release.ts";
import type { Repository } from "./state/repository.ts";
import type { Webhook, WebhookDelivery } from "./state/webhook.ts";
import type { WebhookHolder } from "./webhooks.ts";

/** What happens, as workflows and webhooks hear of it. */
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
      | "opened"
      | "synchronize"
      | "closed"
      | "reopened"
      | "edited"
      | "converted_to_draft"
      | "ready_for_review";
    /** The head of before, of what a push changed. */
    before?: string;
    actor: Actor;
  };
  webhook: WebhookEvent;
  /** Somebody asks for a delivery once more. */
  redelivery: { holder: WebhookHolder; hook: Webhook; delivery: WebhookDelivery };
}

/** What webhooks hear of and workflows do not, or not in this form. */
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
