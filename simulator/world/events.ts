import type { Actor } from "./actor.ts";
import type { Release, Repository } from "./state.ts";

/** What happens in a repository that workflows may start on. */
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
    action: "opened" | "synchronize" | "closed" | "reopened" | "edited";
    actor: Actor;
  };
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
