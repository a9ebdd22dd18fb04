import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import type { ReadPace } from "../client/pace/read-pace.ts";
import { readAnswer } from "../client/parse-answer.ts";
import { unlessRefused } from "../client/unless-refused.ts";

/** The default permissions of GITHUB_TOKEN. */
export interface WorkflowPermissions {
  readonly token: "read" | "write";
  /** Whether workflows may approve pull requests. */
  readonly canApprove: boolean;
}

/** Which actions may run. */
export interface ActionsPermissions {
  readonly enabled: boolean;
  readonly allowedActions: "all" | "local_only" | "selected" | undefined;
  readonly pinningRequired: boolean;
  /** Where only selected actions may run. */
  readonly selected: SelectedActions | undefined;
}

export interface SelectedActions {
  /** In addition to those that the other settings allow. */
  readonly patterns: readonly string[];
  /** Actions of the organisations actions and github. */
  readonly githubOwned: boolean;
  /** Actions of all creators that the Marketplace has verified. */
  readonly verified: boolean;
}

const workflowSchema = z
  .object({
    default_workflow_permissions: z.enum(["read", "write"]),
    can_approve_pull_request_reviews: z.boolean(),
  })
  .transform((found): WorkflowPermissions => ({
    token: found.default_workflow_permissions,
    canApprove: found.can_approve_pull_request_reviews,
  }));

export interface FoundWorkflowPermissions extends WorkflowPermissions {
  /** The widest that the organisation allows; absent where the token may not read it. */
  readonly widest: WorkflowPermissions | undefined;
}

/** Reads the workflow permissions of a repository. */
export type WorkflowPermissionsReader = (repository: string) => Promise<FoundWorkflowPermissions>;

/**
 * Reads workflow permissions of an organisation's repositories: with one request for all of them where
 * the organisation chose the restrictive options, because GitHub then applies these to each repository;
 * otherwise with one request for each repository.
 *
 * @param pace for callers whose client does not pace reads
 * @see https://docs.github.com/en/organizations/managing-organization-settings/disabling-or-limiting-github-actions-for-your-organization#setting-the-permissions-of-the-github_token-for-your-organization
 */
export function workflowPermissionsReader(
  github: GitHubClient,
  owner: string,
  pace: ReadPace = (read) => read(),
): WorkflowPermissionsReader {
  let organization: Promise<WorkflowPermissions | undefined> | undefined;
  return async (repository) => {
    organization ??= pace(() => readOrganization(github, owner));
    const widest = await organization.catch((error: unknown) => {
      organization = undefined;
      throw error;
    });
    const isNarrowest = widest?.token === "read" && !widest.canApprove;
    const found = isNarrowest
      ? widest
      : await pace(() => readWorkflowPermissions(github, owner, repository));
    return { ...found, widest };
  };
}

/**
 * @returns `undefined` where the token may read the repositories only
 * @see https://docs.github.com/en/rest/actions/permissions#get-default-workflow-permissions-for-an-organization
 */
async function readOrganization(
  github: GitHubClient,
  org: string,
): Promise<WorkflowPermissions | undefined> {
  const route = "GET /orgs/{org}/actions/permissions/workflow";
  return unlessRefused([403, 404], () => readAnswer(github, workflowSchema, route, { org }));
}

/** @see https://docs.github.com/en/rest/actions/permissions#get-default-workflow-permissions-for-a-repository */
async function readWorkflowPermissions(
  github: GitHubClient,
  owner: string,
  repo: string,
): Promise<WorkflowPermissions> {
  const route = "GET /repos/{owner}/{repo}/actions/permissions/workflow";
  return readAnswer(github, workflowSchema, route, { owner, repo });
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

/** @see https://docs.github.com/en/rest/actions/permissions#get-github-actions-permissions-for-a-repository */
export async function readActionsPermissions(
  github: GitHubClient,
  owner: string,
  repo: string,
): Promise<ActionsPermissions> {
  const route = "GET /repos/{owner}/{repo}/actions/permissions";
  const found = await readAnswer(github, actionsSchema, route, { owner, repo });
  return {
    enabled: found.enabled,
    allowedActions: found.allowed_actions,
    pinningRequired: found.sha_pinning_required === true,
    selected:
      found.allowed_actions === "selected" ? await readSelected(github, owner, repo) : undefined,
  };
}

/** @see https://docs.github.com/en/rest/actions/permissions#get-allowed-actions-and-reusable-workflows-for-a-repository */
async function readSelected(
  github: GitHubClient,
  owner: string,
  repo: string,
): Promise<SelectedActions> {
  const route = "GET /repos/{owner}/{repo}/actions/permissions/selected-actions";
  return readAnswer(github, selectedSchema, route, { owner, repo });
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
