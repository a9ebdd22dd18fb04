import type {
  ArchiveRepositoryInput,
  CreateCommitOnBranchInput,
  CreatePullRequestInput,
  CreateRefInput,
  CreateRepositoryInput,
  DeleteRefInput,
  UnarchiveRepositoryInput,
  UpdateRefInput,
  UpdateRefsInput,
} from "@octokit/graphql-schema";
import { auditedRepository, recordAudit } from "../../world/audit-log.ts";
import { isRefName } from "../../world/names.ts";
import { openPullRequest } from "../../world/discussions/pull-requests.ts";
import { isFastForward } from "../../world/objects/repository-git.ts";
import { assertMayMoveWorkflows } from "../../world/repositories/workflow-files.ts";
import { writeRef } from "../../world/repositories/write-refs.ts";
import { autoMergeMutations } from "./auto-merge-mutations.ts";
import { branchProtectionMutations } from "./branch-protection-mutations.ts";
import { commentMutations } from "./comment-mutations.ts";
import { discussionMutations } from "./discussion-mutations.ts";
import { createCommitOnBranch } from "./create-commit-on-branch.ts";
import { editMutations } from "./edit-mutations.ts";
import { createRepository } from "./create-repository.ts";
import { updateRefs } from "./update-refs.ts";
import { nodeOf, payload } from "../core/mutation-input.ts";
import { graphqlError, type GraphqlContext, type Resolvers } from "../core/resolver.ts";
import { teamMutations } from "./team-mutations.ts";
import { administrable, writable } from "../core/writable.ts";

export const mutationFields: Resolvers<undefined> = {
  ...branchProtectionMutations,
  ...discussionMutations,
  ...teamMutations,
  ...editMutations,
  ...commentMutations,
  ...autoMergeMutations,
  archiveRepository: (_, args, context) =>
    setArchived(context, args.input as ArchiveRepositoryInput, true),
  unarchiveRepository: (_, args, context) =>
    setArchived(context, args.input as UnarchiveRepositoryInput, false),
  createCommitOnBranch: (_, args, context) => {
    const input = args.input as CreateCommitOnBranchInput;
    return payload(input, createCommitOnBranch(context, input));
  },
  createRepository: (_, args, context) => {
    const input = args.input as CreateRepositoryInput;
    return payload(input, { repository: createRepository(context, input) });
  },
  createRef: (_, args, context) => {
    const input = args.input as CreateRefInput;
    const repository = writable(
      context,
      nodeOf(context, input.repositoryId, "Repository"),
      "CreateRef",
    );
    const { actor } = context;
    const { name } = input;
    const oid = String(input.oid);
    if (!isRefName(name)) {
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
    writeRef(context, repository, name, oid);
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
    if (input.force !== true && !isFastForward(repository, before, oid)) {
      throw graphqlError("UNPROCESSABLE", "Update is not a fast forward");
    }
    assertMayMoveWorkflows(repository, context.actor, oid);
    writeRef(context, repository, node.ref, oid);
    return payload(input, { ref: node });
  },
  updateRefs: (_, args, context) => updateRefs(context, args.input as UpdateRefsInput),
  deleteRef: (_, args, context) => {
    const input = args.input as DeleteRefInput;
    const node = nodeOf(context, input.refId, "Ref");
    const repository = writable(context, node, "DeleteRef");
    writeRef(context, repository, node.ref, null);
    return payload(input, {});
  },
  createPullRequest: (_, args, context) => {
    const input = args.input as CreatePullRequestInput;
    const node = nodeOf(context, input.repositoryId, "Repository");
    const repository = writable(context, node, "CreatePullRequest");
    context.budget.createContent(context.actor);
    const pull = openPullRequest(context, repository, {
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

function setArchived(
  context: GraphqlContext,
  input: ArchiveRepositoryInput | UnarchiveRepositoryInput,
  archived: boolean,
) {
  const node = nodeOf(context, input.repositoryId, "Repository");
  const mutation = archived ? "ArchiveRepository" : "UnarchiveRepository";
  const repository = administrable(context, node, mutation, { evenArchived: true });
  if (repository.archived !== archived) {
    repository.archived = archived;
    const event = archived ? "repo.archived" : "repo.unarchived";
    recordAudit(context, event, auditedRepository(repository));
  }
  return payload(input, { repository: node });
}
