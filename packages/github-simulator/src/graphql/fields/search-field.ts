import type { GraphQLFieldResolver } from "graphql";
import { searchIssues } from "../../search/search-issues.ts";
import { orderOfPhrase, searchRepositories } from "../../search/search-repositories.ts";
import { connection } from "../core/connection.ts";
import { graphqlError, type Arguments, type GraphqlContext } from "../core/resolver.ts";

/** GitHub finds at most that many: https://docs.github.com/en/graphql/reference/queries#search */
const mostFound = 1000;

/** https://docs.github.com/en/graphql/reference/queries#search, which `gh pr list --search` asks. */
export const search: GraphQLFieldResolver<undefined, GraphqlContext, Arguments> = (
  _,
  args,
  { world, actor },
  info,
) => {
  const phrase = String(args.query).trim();
  const none = { codeCount: 0, discussionCount: 0, userCount: 0, wikiCount: 0 };
  if (phrase !== "" && args.type === "ISSUE") {
    const found = searchIssues(world, actor, phrase);
    const page = connection(found.slice(0, mostFound), args, info, (each) => each);
    return { ...none, ...page, issueCount: found.length, repositoryCount: 0 };
  }
  if (phrase !== "" && args.type === "REPOSITORY") {
    const found = searchRepositories(world, actor, phrase).sort(orderOfPhrase(phrase));
    const page = connection(found.slice(0, mostFound), args, info, (repository) => ({
      type: "Repository",
      repository,
    }));
    return { ...none, ...page, issueCount: 0, repositoryCount: found.length };
  }
  const what = phrase === "" ? "without words" : `of type ${String(args.type)}`;
  throw graphqlError("NOT_IMPLEMENTED", `the simulator does not implement a search ${what}`);
};
