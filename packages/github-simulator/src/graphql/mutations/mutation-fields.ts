import type * as Schema from "@octokit/graphql-schema";
import { auditedRepository, recordAudit } from "../../world/audit-log.ts";
import { nodeOf, resolversOf, type MutationContext } from "../core/mutation.ts";
import { administrable } from "../core/writable.ts";
import { autoMergeMutations } from "./auto-merge-mutations.ts";
import { branchProtectionMutations } from "./branch-protection-mutations.ts";
import { commentMutations } from "./comment-mutations.ts";
import { createCommitOnBranch } from "./create-commit-on-branch.ts";
import { createRepository } from "./create-repository.ts";
import { discussionMutations } from "./discussion-mutations.ts";
import { editMutations } from "./edit-mutations.ts";
import { refMutations } from "./ref-mutations.ts";
import { updateTeamReviewAssignment } from "./update-team-review-assignment.ts";

export const mutationFields = resolversOf({
  ...branchProtectionMutations,
  ...discussionMutations,
  ...editMutations,
  ...commentMutations,
  ...autoMergeMutations,
  ...refMutations,
  updateTeamReviewAssignment,
  createCommitOnBranch,
  createRepository,
  archiveRepository: (input: Schema.ArchiveRepositoryInput, context) =>
    setArchived(context, input.repositoryId, true),
  unarchiveRepository: (input: Schema.UnarchiveRepositoryInput, context) =>
    setArchived(context, input.repositoryId, false),
});

function setArchived(context: MutationContext, id: string, archived: boolean) {
  const node = nodeOf(context, id, "Repository");
  const repository = administrable(context, node, { evenArchived: true });
  if (repository.archived !== archived) {
    repository.archived = archived;
    const event = archived ? "repo.archived" : "repo.unarchived";
    recordAudit(context, event, auditedRepository(repository));
  }
  return { repository: node };
}
