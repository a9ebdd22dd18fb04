import { can, type Level } from "../world/permissions.ts";
import type { Repository } from "../world/state.ts";
import { graphqlError, type GraphqlContext } from "./resolver.ts";

type Place = { repository: Repository };

/** The node's repository, if the actor may push to it. */
export function writable(context: GraphqlContext, place: Place, mutation: string): Repository {
  return changeable(context, place, mutation, "write");
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
  { world, actor }: GraphqlContext,
  { repository }: Place,
  mutation: string,
  level: Level,
  evenArchived = false,
): Repository {
  if (!can(world, actor, level, repository)) {
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
  return repository;
}
