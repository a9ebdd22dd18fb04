import { inaccessible } from "../../http/access.ts";
import { actorName } from "../../world/actor.ts";
import { can, effectiveRole, hasRole, tokenReaches } from "../../world/accounts/permissions.ts";
import type { Repository } from "../../world/state/repository.ts";
import type { MutationContext } from "./mutation.ts";
import { graphqlError } from "./resolver.ts";

type Place = { repository: Repository };

/** The node's repository, if the actor may push to it. */
export function writable(context: MutationContext, place: Place): Repository {
  return changeable(context, place, can(context, "write", place.repository));
}

/**
 * The node's repository, if the actor may discuss there: everybody who can read it may.
 * @param author of the text that is changed: only those who may write can change the text of others
 */
export function discussable(context: MutationContext, place: Place, author?: string): Repository {
  const { actor } = context;
  const { repository } = place;
  const isOwn = author === undefined || author === actorName(actor);
  const isReached = ["issues", "pull_requests"].some((permission) =>
    tokenReaches(actor, repository, permission, "write"),
  );
  const role = effectiveRole(context, repository);
  return changeable(context, place, isReached && hasRole(role, isOwn ? "read" : "write"));
}

/** The node's repository, if the actor may change its settings. */
export function administrable(
  context: MutationContext,
  place: Place,
  options: { evenArchived?: boolean } = {},
): Repository {
  const isAllowed = can(context, "admin", place.repository);
  return changeable(context, place, isAllowed, options.evenArchived);
}

function changeable(
  context: MutationContext,
  { repository }: Place,
  isAllowed: boolean,
  evenArchived = false,
): Repository {
  if (!isAllowed) throw refused(context);
  if (repository.archived && !evenArchived) {
    throw graphqlError("UNPROCESSABLE", "Repository was archived so is read-only.");
  }
  return repository;
}

/** GitHub's refusal for a token, or a person, without the right. */
function refused({ actor, mutation }: MutationContext): Error {
  const message =
    actor.kind === "classic"
      ? `${actor.login} does not have the correct permissions to execute \`${mutation}\``
      : inaccessible(actor.kind);
  return graphqlError("FORBIDDEN", message);
}
