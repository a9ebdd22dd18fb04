import { z } from "zod";
import { validationFailed } from "../../http/api-error.ts";
import type { Repository, RepositorySettings } from "../../world/state/repository.ts";

const flag = z.boolean().optional();

/** The settings that both creation and change accept; clients send empty templates. */
export const repositorySettings = z.object({
  description: z.string().nullish(),
  homepage: z.string().nullish(),
  private: flag,
  visibility: z.enum(["public", "private", "internal"]).optional(),
  has_issues: flag,
  has_projects: flag,
  has_wiki: flag,
  has_downloads: flag,
  has_discussions: flag,
  is_template: flag,
  allow_squash_merge: flag,
  allow_merge_commit: flag,
  allow_rebase_merge: flag,
  allow_auto_merge: flag,
  allow_update_branch: flag,
  allow_forking: flag,
  delete_branch_on_merge: flag,
  web_commit_signoff_required: flag,
  use_squash_pr_title_as_default: flag,
  squash_merge_commit_title: z.enum(["PR_TITLE", "COMMIT_OR_PR_TITLE"]).optional(),
  squash_merge_commit_message: z.enum(["PR_BODY", "COMMIT_MESSAGES", "BLANK"]).optional(),
  merge_commit_title: z.enum(["PR_TITLE", "MERGE_MESSAGE"]).optional(),
  merge_commit_message: z.enum(["PR_TITLE", "PR_BODY", "BLANK"]).optional(),
});

export function applySettings(
  repository: Repository,
  asked: z.output<typeof repositorySettings>,
): void {
  const { description, homepage, visibility, private: isPrivate, ...rest } = asked;
  if (description !== undefined) repository.description = description || null;
  if (homepage !== undefined) repository.homepage = homepage || null;
  if (visibility !== undefined) repository.visibility = visibility;
  else if (isPrivate !== undefined && isPrivate !== (repository.visibility !== "public")) {
    repository.visibility = isPrivate ? "private" : "public";
  }
  for (const key of Object.keys(repository.settings) as (keyof RepositorySettings)[]) {
    if (key in rest) Object.assign(repository.settings, { [key]: rest[key as keyof typeof rest] });
  }
}

/** @param before the settings that absent ones keep */
export function assertMergeMethod(
  before: RepositorySettings,
  asked: z.output<typeof repositorySettings>,
): void {
  const methods = ["allow_merge_commit", "allow_squash_merge", "allow_rebase_merge"] as const;
  if (methods.some((method) => asked[method] ?? before[method])) return;
  throw validationFailed("Sorry, you need to allow at least one merge strategy. (no_merge_method)");
}
