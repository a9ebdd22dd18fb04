import type { UpdateTeamReviewAssignmentInput } from "@octokit/graphql-schema";
import { canMaintain } from "../../world/accounts/team-rights.ts";
import { nodeOf, payload } from "../core/mutation-input.ts";
import { graphqlError, type Resolvers } from "../core/resolver.ts";

export const teamMutations: Resolvers<undefined> = {
  /** https://docs.github.com/en/graphql/reference/mutations#updateteamreviewassignment */
  updateTeamReviewAssignment: (_, args, context) => {
    const input = args.input as UpdateTeamReviewAssignmentInput;
    const node = nodeOf(context, input.id, "Team");
    const { actor } = context;
    const mayWrite =
      actor.kind === "classic"
        ? actor.scopes.includes("admin:org")
        : actor.permissions.members === "write";
    if (!mayWrite || !canMaintain(context, node.organisation, node.team)) {
      throw graphqlError(
        "FORBIDDEN",
        `${actor.login} does not have the correct permissions to execute \`UpdateTeamReviewAssignment\``,
      );
    }
    const odd = notKept.filter(({ differs }) => differs(input)).map(({ name }) => name);
    if (odd.length > 0) {
      throw graphqlError("NOT_IMPLEMENTED", `the simulator does not implement ${odd.join(", ")}`);
    }
    node.team.reviewAssignment = {
      enabled: input.enabled,
      algorithm: input.algorithm ?? "ROUND_ROBIN",
      memberCount: input.teamMemberCount ?? 1,
      notifyTeam: input.notifyTeam ?? true,
    };
    return payload(input, { team: node });
  },
};

/** Assignment of reviews is not simulated, so settings that no query can read back are refused. */
const notKept: readonly {
  name: string;
  differs: (input: UpdateTeamReviewAssignmentInput) => boolean;
}[] = [
  {
    name: "excludedTeamMemberIds",
    differs: ({ excludedTeamMemberIds }) => (excludedTeamMemberIds ?? []).length > 0,
  },
  {
    name: "countMembersAlreadyRequested",
    differs: ({ countMembersAlreadyRequested }) => countMembersAlreadyRequested === false,
  },
  {
    name: "includeChildTeamMembers",
    differs: ({ includeChildTeamMembers }) => includeChildTeamMembers === false,
  },
  { name: "removeTeamRequest", differs: ({ removeTeamRequest }) => removeTeamRequest === false },
];
