import type {
  CreateCommitOnBranchInput,
  CreatePullRequestInput,
  CreateRefInput,
  DeleteRefInput,
  UpdateRefInput,
} from "@octokit/graphql-schema";
import { openPullRequest } from "../world/pull-requests.ts";
import { isAncestor } from "../world/repository-git.ts";
import { assertMayMoveWorkflows } from "../world/workflow-files.ts";
import { writeRef } from "../world/write-refs.ts";
import { createCommitOnBranch } from "./create-commit-on-branch.ts";
import type { Node } from "./node.ts";
import { nodeById } from "./query-fields.ts";
import { graphqlError, type GraphqlContext, type Resolvers } from "./resolver.ts";
import { writable } from "./writable.ts";

/** Every mutation takes `input` and hands its `clientMutationId` back. */
export const mutationFields: Resolvers<undefined> = {
  createCommitOnBranch: (_, args, context) => {
    const input = args.input as CreateCommitOnBranchInput;
    return payload(input, createCommitOnBranch(context, input));
  },
  createRef: (_, args, context) => {
    const input = args.input as CreateRefInput;
    const repository = writable(
      context,
      nodeOf(context, input.repositoryId, "Repository"),
      "CreateRef",
    );
    const { world, actor } = context;
    const { name } = input;
    const oid = String(input.oid);
    if (!/^refs\/[^/]+\/[^\s~^:?*[\\]+$/.test(name)) {
      throw graphqlError("UNPROCESSABLE", `${name} is not a valid ref name.`);
    }
    if (repository.refs.has(name)) {
      throw graphqlError(
        "UNPROCESSABLE",
        `A ref named "${name}" already exists in the repository.`,
      );
    }
    if (!repository.objects.has(oid)) {
      throw graphqlError("UNPROCESSABLE", "Object does not exist");
    }
    assertMayMoveWorkflows(repository, actor, oid);
    writeRef(world, actor, repository, name, oid);
    return payload(input, { ref: { type: "Ref", repository, ref: name } });
  },
  updateRef: (_, args, context) => {
    const input = args.input as UpdateRefInput;
    const node = nodeOf(context, input.refId, "Ref");
    const repository = writable(context, node, "UpdateRef");
    const before = repository.refs.get(node.ref) ?? "";
    const oid = String(input.oid);
    if (!repository.objects.has(oid)) {
      throw graphqlError("UNPROCESSABLE", "Object does not exist");
    }
    if (input.force !== true && !isAncestor(repository, before, oid)) {
      throw graphqlError("UNPROCESSABLE", "Update is not a fast forward");
    }
    assertMayMoveWorkflows(repository, context.actor, oid);
    writeRef(context.world, context.actor, repository, node.ref, oid);
    return payload(input, { ref: node });
  },
  deleteRef: (_, args, context) => {
    const input = args.input as DeleteRefInput;
    const node = nodeOf(context, input.refId, "Ref");
    const repository = writable(context, node, "DeleteRef");
    writeRef(context.world, context.actor, repository, node.ref, null);
    return payload(input, {});
  },
  createPullRequest: (_, args, context) => {
    const input = args.input as CreatePullRequestInput;
    const node = nodeOf(context, input.repositoryId, "Repository");
    const repository = writable(context, node, "CreatePullRequest");
    context.budget.createContent(context.actor);
    const pull = openPullRequest(context.world, context.actor, repository, {
      title: input.title,
      body: input.body ?? null,
      head: input.headRefName.replace(/^(refs\/heads\/|[^:]*:)/, ""),
      base: input.baseRefName.replace(/^refs\/heads\//, ""),
      draft: input.draft ?? false,
      maintainerCanModify: input.maintainerCanModify ?? true,
    });
    return payload(input, { pullRequest: { type: "PullRequest", repository, pull } });
  },
};

function payload(input: { clientMutationId?: string | null }, fields: Record<string, unknown>) {
  return { clientMutationId: input.clientMutationId ?? null, ...fields };
}

function nodeOf<Type extends Node["type"]>(
  context: GraphqlContext,
  id: string,
  type: Type,
): Extract<Node, { type: Type }> {
  const node = nodeById(context, id);
  if (node.type === type) return node as Extract<Node, { type: Type }>;
  throw graphqlError(
    "NOT_FOUND",
    `Could not resolve to ${type} node with the global id of '${id}'.`,
  );
}
