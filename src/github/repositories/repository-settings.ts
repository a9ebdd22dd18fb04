import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import type { ReadPace } from "../client/pace/read-pace.ts";
import { readAnswer } from "../client/parse-answer.ts";
import { unlessRefused } from "../client/unless-refused.ts";

const workflowSchema = z
  .object({
    default_workflow_permissions: z.enum(["read", "write"]),
    can_approve_pull_request_reviews: z.boolean(),
  })
  .transform((found) => ({
    token: found.default_workflow_permissions,
    /** Whether workflows may approve pull requests. */
    canApprove: found.can_approve_pull_request_reviews,
  }));

/** The default permissions of GITHUB_TOKEN. */
type WorkflowPermissions = Readonly<z.output<typeof workflowSchema>>;

export interface FoundWorkflowPermissions extends WorkflowPermissions {
  /** The widest that the organisation allows; absent where the token may not read it. */
  readonly widest: WorkflowPermissions | undefined;
}

/**
 * Reads workflow permissions of an organisation's repositories: with one request for all of them where
 * the organisation chose the restrictive options, because GitHub then applies these to each repository;
 * otherwise with one request for each repository.
 *
 * @param pace for callers whose client does not pace reads
 * @see https://docs.github.com/en/organizations/managing-organization-settings/disabling-or-limiting-github-actions-for-your-organization#setting-the-permissions-of-the-github_token-for-your-organization
 * @see https://docs.github.com/en/rest/actions/permissions#get-default-workflow-permissions-for-a-repository
 */
export function workflowPermissionsReader(
  github: GitHubClient,
  owner: string,
  pace: ReadPace = (read) => read(),
): (repository: string) => Promise<FoundWorkflowPermissions> {
  const ofOwner = "GET /orgs/{org}/actions/permissions/workflow";
  const ofRepository = "GET /repos/{owner}/{repo}/actions/permissions/workflow";
  let organization: Promise<WorkflowPermissions | undefined> | undefined;
  return async (repo) => {
    // Refused where the token may read the repositories only.
    organization ??= pace(() =>
      unlessRefused([403, 404], () => readAnswer(github, workflowSchema, ofOwner, { org: owner })),
    );
    const widest = await organization.catch((error: unknown) => {
      organization = undefined;
      throw error;
    });
    const isNarrowest = widest?.token === "read" && !widest.canApprove;
    const found = isNarrowest
      ? widest
      : await pace(() => readAnswer(github, workflowSchema, ofRepository, { owner, repo }));
    return { ...found, widest };
  };
}

/** @see https://docs.github.com/en/rest/actions/permissions#set-default-workflow-permissions-for-a-repository */
export async function writeWorkflowPermissions(
  github: GitHubClient,
  owner: string,
  repo: string,
  { token, canApprove }: WorkflowPermissions,
): Promise<void> {
  await github.request("PUT /repos/{owner}/{repo}/actions/permissions/workflow", {
    owner,
    repo,
    default_workflow_permissions: token,
    can_approve_pull_request_reviews: canApprove,
  });
}

const actionsSchema = z.object({
  enabled: z.boolean(),
  allowed_actions: z.enum(["all", "local_only", "selected"]).optional(),
  sha_pinning_required: z.boolean().optional(),
});
const selectedSchema = z
  .object({
    patterns_allowed: z.array(z.string()).default([]),
    github_owned_allowed: z.boolean().default(false),
    verified_allowed: z.boolean().default(false),
  })
  .transform((found): SelectedActions => ({
    patterns: found.patterns_allowed,
    githubOwned: found.github_owned_allowed,
    verified: found.verified_allowed,
  }));

export interface SelectedActions {
  /** In addition to those that the other settings allow. */
  readonly patterns: readonly string[];
  /** Actions of the organisations actions and github. */
  readonly githubOwned: boolean;
  /** Actions of all creators that the Marketplace has verified. */
  readonly verified: boolean;
}

/** Which actions may run. */
export type ActionsPermissions = Awaited<ReturnType<typeof readActionsPermissions>>;

/**
 * @see https://docs.github.com/en/rest/actions/permissions#get-github-actions-permissions-for-a-repository
 * @see https://docs.github.com/en/rest/actions/permissions#get-allowed-actions-and-reusable-workflows-for-a-repository
 */
export async function readActionsPermissions(github: GitHubClient, owner: string, repo: string) {
  const route = "GET /repos/{owner}/{repo}/actions/permissions";
  const place = { owner, repo };
  const found = await readAnswer(github, actionsSchema, route, place);
  return {
    enabled: found.enabled,
    allowedActions: found.allowed_actions,
    pinningRequired: found.sha_pinning_required === true,
    /** Where only selected actions may run. */
    selected:
      found.allowed_actions === "selected"
        ? await readAnswer(github, selectedSchema, `${route}/selected-actions`, place)
        : undefined,
  };
}

/**
 * Sets which actions may run, and switches Actions on. What GitHub sets together is sent together; a
 * list of selected actions needs a second request.
 *
 * @see https://docs.github.com/en/rest/actions/permissions#set-github-actions-permissions-for-a-repository
 */
export async function writeActionsPermissions(
  github: GitHubClient,
  owner: string,
  repo: string,
  {
    allowedActions,
    pinningRequired,
  }: Pick<ActionsPermissions, "allowedActions" | "pinningRequired">,
): Promise<void> {
  await github.request("PUT /repos/{owner}/{repo}/actions/permissions", {
    owner,
    repo,
    enabled: true,
    ...(allowedActions && { allowed_actions: allowedActions }),
    sha_pinning_required: pinningRequired,
  });
}

/** @see https://docs.github.com/en/rest/actions/permissions#set-allowed-actions-and-reusable-workflows-for-a-repository */
export async function writeSelectedActions(
  github: GitHubClient,
  owner: string,
  repo: string,
  { patterns, githubOwned, verified }: SelectedActions,
): Promise<void> {
  await github.request("PUT /repos/{owner}/{repo}/actions/permissions/selected-actions", {
    owner,
    repo,
    patterns_allowed: [...patterns],
    github_owned_allowed: githubOwned,
    verified_allowed: verified,
  });
}
