import type { UpdateTeamReviewAssignmentInput } from "@octokit/graphql-schema";
import { canMaintain } from "../../world/accounts/team-rights.ts";
import { nodeOf, type MutationContext } from "../core/mutation.ts";
import { graphqlError } from "../core/resolver.ts";

/** https://docs.github.com/en/graphql/reference/mutations#updateteamreviewassignment */
export function updateTeamReviewAssignment(
  input: UpdateTeamReviewAssignmentInput,
  context: MutationContext,
) {
  const node = nodeOf(context, input.id, "Team");
  const { actor, mutation } = context;
  const mayWrite =
    actor.kind === "classic"
      ? actor.scopes.includes("admin:org")
      : actor.permissions.members === "write";
  if (!mayWrite || !canMaintain(context, node.organisation, node.team)) {
    const message = `${actor.login} does not have the correct permissions to execute \`${mutation}\``;
    throw graphqlError("FORBIDDEN", message);
  }
  // Assignment of reviews is not simulated, so settings that no query can read back are refused.
  const odd = [
    ...((input.excludedTeamMemberIds ?? []).length > 0 ? ["excludedTeamMemberIds"] : []),
    ...alwaysOn.filter((name) => input[name] === false),
  ];
  if (odd.length > 0) {
    throw graphqlError("NOT_IMPLEMENTED", `the simulator does not implement ${odd.join(", ")}`);
  }
  node.team.reviewAssignment = {
    enabled: input.enabled,
    algorithm: input.algorithm ?? "ROUND_ROBIN",
    memberCount: input.teamMemberCount ?? 1,
    notifyTeam: input.notifyTeam ?? true,
  };
  return { team: node };
}

const alwaysOn = [
  "countMembersAlreadyRequested",
  "includeChildTeamMembers",
  "removeTeamRequest",
] as const;
