import type { UpdateRefsInput } from "@octokit/graphql-schema";
import { isRefName } from "../../world/names.ts";
import { isFastForward, noObject } from "../../world/objects/repository-git.ts";
import { assertMayMoveWorkflows } from "../../world/repositories/workflow-files.ts";
import { writeRef } from "../../world/repositories/write-refs.ts";
import { nodeOf, payload } from "../core/mutation-input.ts";
import { graphqlError, type GraphqlContext } from "../core/resolver.ts";
import { writable } from "../core/writable.ts";

/**
 * Creates, moves and deletes refs, all or none. 40 zeros stand for a ref that does not exist.
 * https://docs.github.com/en/graphql/reference/git#updaterefs
 */
export function updateRefs(context: GraphqlContext, input: UpdateRefsInput) {
  const node = nodeOf(context, input.repositoryId, "Repository");
  const repository = writable(context, node, "UpdateRefs");
  const { actor } = context;
  const updates = input.refUpdates.map((update) => {
    const name = String(update.name);
    const after = String(update.afterOid);
    const present = repository.refs.get(name);
    if (!isRefName(name)) throw refused(`${name} is not a valid ref name.`);
    if (update.beforeOid != null && String(update.beforeOid) !== (present ?? noObject)) {
      throw refused(
        `${name} is at ${present ?? noObject} but expected ${String(update.beforeOid)}`,
      );
    }
    const oid = after === noObject ? null : after;
    if (oid !== null) {
      if (!repository.objects.has(oid)) throw refused("Object does not exist");
      const isForward = present === undefined || isFastForward(repository, present, oid);
      if (update.force !== true && !isForward) throw refused("Update is not a fast forward");
      assertMayMoveWorkflows(repository, actor, oid);
    }
    return { name, oid };
  });
  for (const dryRun of [true, false]) {
    for (const { name, oid } of updates) {
      writeRef(context, repository, name, oid, { dryRun });
    }
  }
  return payload(input, {});
}

function refused(message: string) {
  return graphqlError("UNPROCESSABLE", message);
}
