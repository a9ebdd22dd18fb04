import { botAccount, webUrl } from "../../serializers/account.ts";
import { canSee } from "../../world/accounts/permissions.ts";
import { accountNode, findNode, type Node, type RepositoryNode } from "../core/node.ts";
import { graphqlError, type GraphqlContext, type Resolvers } from "../core/resolver.ts";
import { search } from "./search-field.ts";

export const queryFields: Resolvers<undefined> = {
  repository: (_, args, context) =>
    visibleRepository(context, String(args.owner), String(args.name), args.followRenames !== false),
  repositoryOwner: (_, args, { world }) => {
    const account = world.findAccount(String(args.login));
    return account === undefined ? null : accountNode(account);
  },
  organization: (_, args, { world }) => {
    const organisation = world.findOrganisation(String(args.login));
    if (organisation !== undefined) return accountNode(organisation);
    throw graphqlError(
      "NOT_FOUND",
      `Could not resolve to an Organization with the login of '${String(args.login)}'.`,
    );
  },
  user: (_, args, { world }) => {
    const user = world.findUser(String(args.login));
    if (user !== undefined) return accountNode(user);
    throw graphqlError(
      "NOT_FOUND",
      `Could not resolve to a User with the login of '${String(args.login)}'.`,
    );
  },
  viewer: (_, __, { world, actor }) => {
    const user = world.findUser(actor.login);
    if (user !== undefined) return accountNode(user);
    // An App's token, as each job has one, sees its bot, although REST refuses it `GET /user`:
    // https://github.com/marocchino/sticky-pull-request-comment/blob/main/src/comment.ts
    if (actor.kind === "job" || actor.kind === "app") return accountNode(botAccount(actor.login));
    throw graphqlError("FORBIDDEN", "Resource not accessible by integration");
  },
  node: (_, args, context) => nodeById(context, String(args.id)),
  nodes: (_, args, context) =>
    (args.ids as string[]).map((id) => {
      try {
        return nodeById(context, id);
      } catch (error) {
        return error;
      }
    }),
  rateLimit: (_, args, { actor, budget }) => {
    const window = budget.window(actor, "graphql");
    const cost = args.dryRun === true ? 0 : 1;
    return {
      cost: 1,
      limit: window.limit,
      nodeCount: 0,
      remaining: Math.max(0, window.remaining - cost),
      resetAt: `${new Date(window.reset * 1000).toISOString().slice(0, 19)}Z`,
      used: window.used + cost,
    };
  },
  search,
  meta: () => ({ gitHubServicesSha: "0".repeat(40), isPasswordAuthenticationVerifiable: false }),
  resource: (_, args, context) => {
    const [owner, name, more] = String(args.url).replace(`${webUrl}/`, "").split("/");
    if (owner === undefined || name === undefined || more !== undefined) return null;
    return visibleRepository(context, owner, name);
  },
};

/** A repository by name, through renames; one that the actor may not see does not exist. */
export function visibleRepository(
  { world, actor }: GraphqlContext,
  owner: string,
  name: string,
  followRenames = true,
): RepositoryNode {
  const repository = followRenames
    ? world.followRepository(owner, name)
    : world.findRepository(owner, name);
  if (repository !== undefined && canSee(world, actor, repository)) {
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
  throw graphqlError("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}
