import type { Organisation } from "../../world/state/accounts.ts";
import type { User } from "../../world/state/accounts.ts";
import type { GraphQLResolveInfo } from "graphql";
import { searchIssues } from "../../search/search-issues.ts";
import { orderOfPhrase, searchRepositories } from "../../search/search-repositories.ts";
import { connection } from "../core/connection.ts";
import {
  graphqlError,
  type Arguments,
  type GraphqlContext,
  type Resolvers,
} from "../core/resolver.ts";
import { botAccount } from "../../serializers/account.ts";
import { accountNode } from "../core/node.ts";
import { nodeById, visibleRepository } from "../core/find-node.ts";

export const queryFields: Resolvers<undefined> = {
  repository: (_, args, context) =>
    visibleRepository(context, String(args.owner), String(args.name), args.followRenames !== false),
  repositoryOwner: (_, args, { world }) => {
    const account = world.findAccount(String(args.login));
    return account === undefined ? null : accountNode(account);
  },
  organization: (_, args, { world }) => {
    const login = String(args.login);
    return namedNode(world.findOrganisation(login), "an Organization", login);
  },
  user: (_, args, { world }) => {
    const login = String(args.login);
    return namedNode(world.findUser(login), "a User", login);
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
  search: (_, args, context, info) => search(args, context, info),
};

function namedNode(account: User | Organisation | undefined, what: string, login: string) {
  if (account !== undefined) return accountNode(account);
  throw graphqlError("NOT_FOUND", `Could not resolve to ${what} with the login of '${login}'.`);
}

/** The maximum number of results: https://docs.github.com/en/graphql/reference/queries#search */
const mostFound = 1000;

/** https://docs.github.com/en/graphql/reference/queries#search, which `gh pr list --search` uses. */
function search(args: Arguments, context: GraphqlContext, info: GraphQLResolveInfo) {
  const phrase = String(args.query).trim();
  const none = { codeCount: 0, discussionCount: 0, userCount: 0, wikiCount: 0 };
  if (phrase !== "" && args.type === "ISSUE") {
    const found = searchIssues(context, phrase);
    const page = connection(found.slice(0, mostFound), args, info);
    return { ...none, ...page, issueCount: found.length, repositoryCount: 0 };
  }
  if (phrase !== "" && args.type === "REPOSITORY") {
    const found = searchRepositories(context, phrase).sort(orderOfPhrase(phrase));
    const nodes = found
      .slice(0, mostFound)
      .map((repository) => ({ type: "Repository", repository }));
    const page = connection(nodes, args, info);
    return { ...none, ...page, issueCount: 0, repositoryCount: found.length };
  }
  const what = phrase === "" ? "without words" : `of type ${String(args.type)}`;
  throw graphqlError("NOT_IMPLEMENTED", `the simulator does not implement a search ${what}`);
}
