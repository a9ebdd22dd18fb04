import type { View } from "./view.ts";
import type { Environment, Repository } from "../world/state/repository.ts";
import { findTeamById } from "../world/accounts/teams.ts";
import { simpleUser } from "./account.ts";
import { nodeId } from "./node-id.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository.ts";
import { teamShape } from "./team.ts";

export function environmentShape(view: View, repository: Repository, environment: Environment) {
  const policy = environment.branchPolicy;
  const rule = (offset: number) => ({
    id: environment.id * 10 + offset,
    node_id: nodeId("Environment", environment.id, offset),
  });
  const reviewers = environment.reviewers.flatMap(({ type, id }) => {
    const reviewer = (type === "Team" ? teamById : userById)(view, id);
    return reviewer === undefined ? [] : [{ type, reviewer }];
  });
  return {
    id: environment.id,
    node_id: nodeId("Environment", environment.id),
    name: environment.name,
    url: `${repositoryUrl(view, repository)}/environments/${encodeURIComponent(environment.name)}`,
    html_url: `${repositoryHtmlUrl(repository)}/deployments/activity_log?environments_filter=${encodeURIComponent(environment.name)}`,
    created_at: environment.createdAt,
    updated_at: environment.updatedAt,
    can_admins_bypass: environment.canAdminsBypass,
    protection_rules: [
      ...(environment.waitTimer > 0
        ? [{ ...rule(1), type: "wait_timer", wait_timer: environment.waitTimer }]
        : []),
      ...(reviewers.length > 0
        ? [
            {
              ...rule(2),
              type: "required_reviewers",
              prevent_self_review: environment.preventSelfReview,
              reviewers,
            },
          ]
        : []),
      ...(policy === null ? [] : [{ ...rule(3), type: "branch_policy" }]),
    ],
    deployment_branch_policy:
      policy === null
        ? null
        : {
            protected_branches: policy.protectedBranches,
            custom_branch_policies: policy.customBranchPolicies,
          },
  };
}

function userById(view: View, id: number): object | undefined {
  const user = [...view.world.state.users.values()].find((item) => item.id === id);
  return user && simpleUser(view, user);
}

function teamById(view: View, id: number): object | undefined {
  const found = findTeamById(view.world, id);
  return found && teamShape(view, found.organisation, found.team);
}

export function branchPolicyShape(policy: Environment["branchPolicies"][number]) {
  return { ...policy, node_id: nodeId("Environment", policy.id, "policy") };
}
