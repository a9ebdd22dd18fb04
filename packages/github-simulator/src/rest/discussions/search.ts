import { validationFailed } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { refuseParameters } from "../../http/refuse-parameters.ts";
import { itemOf } from "../../search/issue-terms.ts";
import { searchIssues } from "../../search/search-issues.ts";
import { orderOfPhrase, searchRepositories } from "../../search/search-repositories.ts";
import { issueShape } from "../../serializers/issue.ts";
import { minimalRepository } from "../../serializers/repository.ts";
import type { Repository } from "../../world/state/repository.ts";

/** The maximum number of results: https://docs.github.com/en/rest/search/search#about-search */
const mostFound = 1000;

/** https://docs.github.com/en/rest/search/search */
export const searchRoutes = createRoutes()
  .get("/search/repositories", (c) => {
    const phrase = phraseOf(c);
    const sort = c.req.query("sort");
    const found = searchRepositories(c.var, phrase).sort(
      sort === undefined ? orderOfPhrase(phrase) : orderOf(sort),
    );
    if (c.req.query("order") === "asc") found.reverse();
    const items = paginate(c, found.slice(0, mostFound)).map((repository) => ({
      ...minimalRepository(c.var, repository),
      score: 1,
    }));
    return c.json({ total_count: found.length, incomplete_results: false, items });
  })
  .get("/search/issues", (c) => {
    // Both kinds of search support what is supported here: advanced_search adds AND, OR and parentheses.
    refuseParameters(c, "search_type");
    const { sort, order = "desc" } = c.req.query();
    const asked = sort === undefined || sort === "best-match" ? undefined : `${sort}-${order}`;
    const found = searchIssues(c.var, phraseOf(c), asked);
    const items = paginate(c, found.slice(0, mostFound)).map((each) => ({
      ...issueShape(c.var, each.repository, itemOf(each)),
      // Unlike in an issue, the description does not allow null here.
      body: itemOf(each).body ?? "",
      score: 1,
    }));
    const total = { total_count: found.length, incomplete_results: false };
    return c.json({ ...total, search_type: "lexical", items });
  });

function phraseOf(c: ApiContext): string {
  const phrase = (c.req.query("q") ?? "").trim();
  if (phrase === "") throw validationFailed({ resource: "Search", field: "q", code: "missing" });
  return phrase;
}

function orderOf(sort: string): (a: Repository, b: Repository) => number {
  switch (sort) {
    case "updated":
      return (a, b) => b.updatedAt.localeCompare(a.updatedAt) || a.id - b.id;
    // There are no stars and forks here, and all matches have the same score.
    case "stars":
    case "forks":
    case "help-wanted-issues":
      return (a, b) => a.id - b.id;
    default:
      throw validationFailed({ resource: "Search", field: "sort", code: "invalid" });
  }
}
