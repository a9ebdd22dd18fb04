import { parseNodeId } from "../../serializers/node-id.ts";
import { canSee } from "../../world/accounts/permissions.ts";
import { canSeeTeam } from "../../world/accounts/team-rights.ts";
import { findTeamById } from "../../world/accounts/teams.ts";
import type { Organisation, User } from "../../world/state/accounts.ts";
import {
  accountNode,
  gitNode,
  protectionRules,
  refNode,
  type Node,
  type RepositoryNode,
} from "./node.ts";
import { graphqlError, type GraphqlContext } from "./resolver.ts";

/** A repository by name, also by a former one; what the actor may not see does not exist. */
export function visibleRepository(
  { world, actor }: GraphqlContext,
  owner: string,
  name: string,
  followRenames = true,
): RepositoryNode {
  const repository = followRenames
    ? world.followRepository(owner, name)
    : world.findRepository(owner, name);
  if (repository !== undefined && canSee({ world, actor }, repository)) {
    return { type: "Repository", repository };
  }
  throw graphqlError(
    "NOT_FOUND",
    `Could not resolve to a Repository with the name '${owner}/${name}'.`,
  );
}

export function nodeById(context: GraphqlContext, id: string): Node {
  const node = findNode(context, id);
  if (node !== undefined) return node;
  throw unresolved(id);
}

/** GitHub's refusal of an id that names nothing, or nothing of this type. */
export function unresolved(id: string, type?: string): Error {
  const message =
    type === undefined
      ? `Could not resolve to a node with the global id of '${id}'`
      : `Could not resolve to ${type} node with the global id of '${id}'.`;
  return graphqlError("NOT_FOUND", message);
}

/** The object with this id, if the actor may see it. */
function findNode({ world, actor }: GraphqlContext, id: string): Node | undefined {
  const { type, parts } = parseNodeId(id) ?? {};
  const [first, second] = parts ?? [];
  if (type === "User" || type === "Organization") {
    return findAccount(
      [...world.state.users.values(), ...world.state.organisations.values()],
      first,
    );
  }
  if (type === "Team") {
    const found = findTeamById(world, Number(first));
    const isThere = found && canSeeTeam({ world, actor }, found.organisation, found.team);
    return isThere ? { type, ...found } : undefined;
  }
  const repository = world.state.repositories.get(Number(first));
  if (repository === undefined || !canSee({ world, actor }, repository)) return undefined;
  switch (type) {
    case "Repository":
      return { type, repository };
    case "Ref":
      return refNode(repository, String(second)) ?? undefined;
    case "Commit":
    case "Tree":
    case "Blob":
    case "Tag":
      return gitNode(repository, String(second)) ?? undefined;
    case "BranchProtectionRule": {
      const rule = protectionRules(repository).find(({ id }) => id === second);
      return rule && { type, repository, rule };
    }
    case "PullRequest": {
      const pull = repository.pulls.find(({ number }) => number === second);
      return pull && { type, repository, pull };
    }
    case "PullRequestReview": {
      const pull = repository.pulls.find(({ reviews }) => reviews.some(({ id }) => id === second));
      const review = pull?.reviews.find(({ id }) => id === second);
      return pull && review && { type, repository, pull, review };
    }
    case "IssueComment": {
      const comment = repository.comments.find(({ id }) => id === second);
      return comment && { type, repository, comment };
    }
    case "Label": {
      const label = [...repository.labels.values()].find(({ id }) => id === second);
      return label && { type, repository, label };
    }
    case "Issue": {
      const issue = repository.issues.find(({ number }) => number === second);
      return issue && { type, repository, issue };
    }
    case "Release": {
      const release = repository.releases.find((item) => item.id === second);
      return release && { type, repository, release };
    }
    default:
      return undefined;
  }
}

function findAccount(accounts: (User | Organisation)[], id: unknown): Node | undefined {
  const account = accounts.find((item) => item.id === id);
  return account && accountNode(account);
}
