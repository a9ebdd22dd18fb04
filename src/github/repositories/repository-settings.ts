import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

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

const workflowSchema = z.object({
  default_workflow_permissions: z.enum(["read", "write"]),
  can_approve_pull_request_reviews: z.boolean(),
});

/** @see https://docs.github.com/en/rest/actions/permissions#get-default-workflow-permissions-for-a-repository */
export async function readWorkflowPermissions(
  github: GitHubClient,
  owner: string,
  repo: string,
): Promise<WorkflowPermissions> {
  const route = "GET /repos/{owner}/{repo}/actions/permissions/workflow";
  const { data } = await github.request(route, { owner, repo });
  const found = parseAnswer(workflowSchema, data, route);
  return {
    token: found.default_workflow_permissions,
    canApprove: found.can_approve_pull_request_reviews,
  };
}

const actionsSchema = z.object({
  enabled: z.boolean(),
  allowed_actions: z.enum(["all", "local_only", "selected"]).optional(),
  sha_pinning_required: z.boolean().optional(),
});
const selectedSchema = z.object({
  patterns_allowed: z.array(z.string()).default([]),
  github_owned_allowed: z.boolean().default(false),
  verified_allowed: z.boolean().default(false),
});

/** @see https://docs.github.com/en/rest/actions/permissions#get-github-actions-permissions-for-a-repository */
export async function readActionsPermissions(
  github: GitHubClient,
  owner: string,
  repo: string,
): Promise<ActionsPermissions> {
  const route = "GET /repos/{owner}/{repo}/actions/permissions";
  const { data } = await github.request(route, { owner, repo });
  const found = parseAnswer(actionsSchema, data, route);
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
  const { data } = await github.request(route, { owner, repo });
  const found = parseAnswer(selectedSchema, data, route);
  return {
    patterns: found.patterns_allowed,
    githubOwned: found.github_owned_allowed,
    verified: found.verified_allowed,
  };
}

const environmentsSchema = z.array(z.object({ name: z.string() }));

/**
 * The names of a repository's environments.
 *
 * @returns none where the plan has no environments for this repository
 * @see https://docs.github.com/en/rest/deployments/environments#list-environments
 */
export async function readEnvironmentNames(
  github: GitHubClient,
  owner: string,
  repo: string,
): Promise<string[]> {
  const route = "GET /repos/{owner}/{repo}/environments";
  try {
    const pages = await github.paginate(route, { owner, repo, per_page: 100 });
    return parseAnswer(environmentsSchema, pages, route).map(({ name }) => name);
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return [];
    throw error;
  }
}
