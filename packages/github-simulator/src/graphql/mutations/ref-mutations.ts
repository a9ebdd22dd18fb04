import type * as Schema from "@octokit/graphql-schema";
import { isRefName } from "../../world/names.ts";
import { isFastForward, noObject } from "../../world/objects/repository-git.ts";
import { assertMayMoveWorkflows } from "../../world/repositories/workflow-files.ts";
import { writeRef } from "../../world/repositories/write-refs.ts";
import type { Repository } from "../../world/state/repository.ts";
import { nodeOf, type MutationContext, type Mutations } from "../core/mutation.ts";
import { graphqlError } from "../core/resolver.ts";
import { writable } from "../core/writable.ts";

export const refMutations = {
  createRef(input: Schema.CreateRefInput, context) {
    const repository = writable(context, nodeOf(context, input.repositoryId, "Repository"));
    const { name } = input;
    const oid = String(input.oid);
    if (!isRefName(name)) throw refused(`${name} is not a valid ref name.`);
    if (repository.refs.has(name)) {
      throw refused(`A ref named "${name}" already exists in the repository.`);
    }
    assertMayMove(context, repository, undefined, oid, false);
    writeRef(context, repository, name, oid);
    return { ref: { type: "Ref", repository, ref: name } };
  },
  updateRef(input: Schema.UpdateRefInput, context) {
    const node = nodeOf(context, input.refId, "Ref");
    const repository = writable(context, node);
    const oid = String(input.oid);
    assertMayMove(context, repository, repository.refs.get(node.ref) ?? "", oid, input.force);
    writeRef(context, repository, node.ref, oid);
    return { ref: node };
  },
  /**
   * Creates, moves and deletes refs, all or none. 40 zeros stand for a ref that does not exist.
   * https://docs.github.com/en/graphql/reference/git#updaterefs
   */
  updateRefs(input: Schema.UpdateRefsInput, context) {
    const repository = writable(context, nodeOf(context, input.repositoryId, "Repository"));
    const updates = input.refUpdates.map((update) => {
      const name = String(update.name);
      const present = repository.refs.get(name);
      if (!isRefName(name)) throw refused(`${name} is not a valid ref name.`);
      const expected = String(update.beforeOid ?? present ?? noObject);
      if (expected !== (present ?? noObject)) {
        throw refused(`${name} is at ${present ?? noObject} but expected ${expected}`);
      }
      const oid = update.afterOid === noObject ? null : String(update.afterOid);
      if (oid !== null) assertMayMove(context, repository, present, oid, update.force);
      return { name, oid };
    });
    for (const dryRun of [true, false]) {
      for (const { name, oid } of updates) writeRef(context, repository, name, oid, { dryRun });
    }
    return {};
  },
  deleteRef(input: Schema.DeleteRefInput, context) {
    const node = nodeOf(context, input.refId, "Ref");
    writeRef(context, writable(context, node), node.ref, null);
    return {};
  },
} satisfies Mutations;

function assertMayMove(
  { actor }: MutationContext,
  repository: Repository,
  before: string | undefined,
  oid: string,
  force: boolean | null | undefined,
): void {
  if (!repository.objects.has(oid)) throw refused("Object does not exist");
  const isForward = before === undefined || isFastForward(repository, before, oid);
  if (force !== true && !isForward) throw refused("Update is not a fast forward");
  assertMayMoveWorkflows(repository, actor, oid);
}

function refused(message: string) {
  return graphqlError("UNPROCESSABLE", message);
}
