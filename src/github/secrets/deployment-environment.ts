import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer, readAnswer } from "../client/parse-answer.ts";
import { unlessMissing, unlessRefused } from "../client/unless-refused.ts";

interface EnvironmentPlace {
  readonly owner: string;
  readonly repository: string;
  readonly environment: string;
}

/** A pattern of the branches or tags that may deploy: `v[0-9]*`. */
export interface DeploymentPolicy {
  readonly id: number;
  readonly type: "branch" | "tag";
  readonly name: string;
}

export interface DeploymentEnvironment {
  /** Whether only the branches and tags of the policies may deploy; otherwise there are no policies. */
  readonly restricted: boolean;
  readonly policies: readonly DeploymentPolicy[];
  /** Protection rules of people, in the form in which they are written back. */
  readonly protection: Protection;
}

interface Protection {
  readonly wait_timer?: number;
  readonly prevent_self_review?: boolean;
  readonly reviewers?: readonly { type: "User" | "Team"; id: number }[];
}

const environmentSchema = z.object({
  protection_rules: z
    .array(
      z.object({
        type: z.string(),
        wait_timer: z.int().optional(),
        prevent_self_review: z.boolean().optional(),
        reviewers: z
          .array(z.object({ type: z.enum(["User", "Team"]), reviewer: z.object({ id: z.int() }) }))
          .optional(),
      }),
    )
    .default([]),
  deployment_branch_policy: z.object({ custom_branch_policies: z.boolean() }).nullable(),
});

const policiesSchema = z.array(
  z.object({ id: z.int(), name: z.string(), type: z.enum(["branch", "tag"]).default("branch") }),
);

/**
 * @returns `undefined` where there is no such environment
 * @see https://docs.github.com/en/rest/deployments/environments
 */
export async function readEnvironment(
  github: GitHubClient,
  place: EnvironmentPlace,
): Promise<DeploymentEnvironment | undefined> {
  const route = `GET ${pathOf(place)}`;
  const found = await unlessMissing(() => readAnswer(github, environmentSchema, route));
  if (!found) return undefined;
  const restricted = found.deployment_branch_policy?.custom_branch_policies === true;
  const rules = found.protection_rules.map(toProtection);
  return {
    restricted,
    policies: restricted ? await readPolicies(github, place) : [],
    protection: rules.reduce((all, rule) => ({ ...all, ...rule }), {}),
  };
}

/** Restricts an environment to its policies; reviewers and wait timers are kept. */
export async function restrictEnvironment(
  github: GitHubClient,
  place: EnvironmentPlace,
  protection: Protection,
): Promise<void> {
  await github.request(`PUT ${pathOf(place)}`, {
    ...protection,
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
  });
}

/** @see https://docs.github.com/en/rest/deployments/branch-policies */
export async function addPolicy(
  github: GitHubClient,
  place: EnvironmentPlace,
  { type, name }: Omit<DeploymentPolicy, "id">,
): Promise<void> {
  const route = `POST ${pathOf(place)}/deployment-branch-policies`;
  // GitHub answers 303 where the pattern exists already.
  await unlessRefused([303], () => github.request(route, { type, name }));
}

export async function removePolicy(
  github: GitHubClient,
  place: EnvironmentPlace,
  { id }: DeploymentPolicy,
): Promise<void> {
  const route = `DELETE ${pathOf(place)}/deployment-branch-policies/${id}`;
  await unlessMissing(() => github.request(route));
}

async function readPolicies(
  github: GitHubClient,
  place: EnvironmentPlace,
): Promise<DeploymentPolicy[]> {
  const route = `GET ${pathOf(place)}/deployment-branch-policies`;
  return parseAnswer(policiesSchema, await github.paginate(route, { per_page: 100 }), route);
}

function toProtection({
  type,
  wait_timer,
  prevent_self_review,
  reviewers,
}: z.output<typeof environmentSchema>["protection_rules"][number]): Protection {
  if (type === "wait_timer") return { wait_timer: wait_timer ?? 0 };
  if (type !== "required_reviewers") return {};
  return {
    prevent_self_review: prevent_self_review ?? false,
    reviewers: (reviewers ?? []).map((each) => ({ type: each.type, id: each.reviewer.id })),
  };
}

function pathOf({ owner, repository, environment }: EnvironmentPlace): string {
  return `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}/environments/${encodeURIComponent(environment)}`;
}
