import { can } from "../world/permissions.ts";
import type { Repository } from "../world/state.ts";
import { graphqlError, type GraphqlContext } from "./resolver.ts";

/** The node's repository, if the actor may push to it. */
export function writable(
  { world, actor }: GraphqlContext,
  { repository }: { repository: Repository },
  mutation: string,
): Repository {
  if (!can(world, actor, "write", repository)) {
    const message = {
      classic: `${actor.login} does not have the correct permissions to execute \`${mutation}\``,
      "fine-grained": "Resource not accessible by personal access token",
      app: "Resource not accessible by integration",
      job: "Resource not accessible by integration",
    }[actor.kind];
    throw graphqlError("FORBIDDEN", message);
  }
  if (repository.archived) {
    throw graphqlError("UNPROCESSABLE", "Repository was archived so is read-only.");
  }
  return repository;
}
