import { actorName } from "../../world/actor.ts";
import {
  can,
  effectiveRole,
  hasRole,
  tokenReaches,
  type Level,
} from "../../world/accounts/permissions.ts";
import type { Repository } from "../../world/state/repository.ts";
import { graphqlError, type GraphqlContext } from "./resolver.ts";

type Place = { repository: Repository };

/** The node's repository, if the actor may push to it. */
export function writable(context: GraphqlContext, place: Place, mutation: string): Repository {
  return changeable(context, place, mutation, "write");
}

/**
 * The node's repository, if the actor may discuss there: everybody who can read it may.
 * @param author of the text that is changed: only those who may write can change the text of others
 */
export function discussable(
  context: GraphqlContext,
  place: Place,
  mutation: string,
  author?: string,
): Repository {
  const { actor } = context;
  const { repository } = place;
  const role = effectiveRole(context, repository);
  const isOwn = author === undefined || author === actorName(actor);
  const isReached = ["issues", "pull_requests"].some((permission) =>
    tokenReaches(actor, repository, permission, "write"),
  );
  assertChangeable(context, place, mutation, isReached && hasRole(role, isOwn ? "read" : "write"));
  return repository;
}

/** The node's repository, if the actor may change its settings. */
export function administrable(
  context: GraphqlContext,
  place: Place,
  mutation: string,
  options: { evenArchived?: boolean } = {},
): Repository {
  return changeable(context, place, mutation, "admin", options.evenArchived);
}

function changeable(
  context: GraphqlContext,
  place: Place,
  mutation: string,
  level: Level,
  evenArchived = false,
): Repository {
  const isAllowed = can(context, level, place.repository);
  assertChangeable(context, place, mutation, isAllowed, evenArchived);
  return place.repository;
}

function assertChangeable(
  { actor }: GraphqlContext,
  { repository }: Place,
  mutation: string,
  isAllowed: boolean,
  evenArchived = false,
): void {
  if (!isAllowed) {
    const message = {
      classic: `${actor.login} does not have the correct permissions to execute \`${mutation}\``,
      "fine-grained": "Resource not accessible by personal access token",
      app: "Resource not accessible by integration",
      job: "Resource not accessible by integration",
    }[actor.kind];
    throw graphqlError("FORBIDDEN", message);
  }
  if (repository.archived && !evenArchived) {
    throw graphqlError("UNPROCESSABLE", "Repository was archived so is read-only.");
  }
}
