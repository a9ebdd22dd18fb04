import { ApiError, validationFailed } from "../http/api-error.ts";
import { createRoutes } from "../http/env.ts";
import { paginate } from "../http/paginate.ts";
import { minimalRepository } from "../shapes/repository.ts";
import { canSee } from "../world/permissions.ts";
import type { Repository } from "../world/state.ts";

/**
 * https://docs.github.com/en/rest/search/search#search-repositories, for the qualifiers that say
 * something here; a search with others answers 501, for it would find the wrong repositories.
 */
export const searchRoutes = createRoutes().get("/search/repositories", (c) => {
  const { world, api, actor } = c.var;
  const phrase = (c.req.query("q") ?? "").trim();
  if (phrase === "") throw validationFailed({ resource: "Search", field: "q", code: "missing" });
  const meets = termsOf(phrase).map(testOf);
  const found = [...world.state.repositories.values()]
    .filter((repository) => canSee(world, actor, repository))
    .filter((repository) => meets.every((test) => test(repository)))
    .sort(orderOf(c.req.query("sort")));
  if (c.req.query("order") === "asc") found.reverse();
  // GitHub finds at most that many: https://docs.github.com/en/rest/search/search#about-search
  const items = paginate(c, found.slice(0, 1000)).map((repository) => ({
    ...minimalRepository(world, api, repository, actor),
    score: 1,
  }));
  return c.json({ total_count: found.length, incomplete_results: false, items });
});

/** Words and `qualifier:value`; quotes keep spaces together. */
function termsOf(phrase: string): string[] {
  return phrase.match(/(?:[^\s"]|"[^"]*")+/g)?.map((term) => term.replaceAll('"', "")) ?? [];
}

type Test = (repository: Repository) => boolean;

function testOf(term: string): Test {
  const negated = /^-\w+:/.test(term);
  const [, qualifier, value = ""] = /^-?([\w-]+):(.*)$/.exec(term) ?? [];
  if (/^(AND|OR|NOT)$/.test(term)) throw unknown(term);
  const test = qualifier === undefined ? namedLike(term) : qualified(qualifier, value);
  return negated ? (repository) => !test(repository) : test;
}

/** Without `in:` GitHub looks into names, descriptions and topics. */
function namedLike(word: string): Test {
  const part = word.toLowerCase();
  return ({ name, description, topics }) =>
    [name, description ?? "", ...topics].some((text) => text.toLowerCase().includes(part));
}

function qualified(qualifier: string, value: string): Test {
  const wanted = value.toLowerCase();
  switch (qualifier) {
    case "org":
    case "user":
      return ({ owner }) => owner.toLowerCase() === wanted;
    case "repo":
      return ({ owner, name }) => `${owner}/${name}`.toLowerCase() === wanted;
    case "topic":
      return ({ topics }) => topics.includes(wanted);
    case "language":
      return ({ language }) => language?.toLowerCase() === wanted;
    case "archived":
      return ({ archived }) => String(archived) === wanted;
    case "template":
      return ({ settings }) => String(settings.is_template) === wanted;
    case "is":
    case "visibility":
      if (["public", "private", "internal"].includes(wanted)) {
        return ({ visibility }) => visibility === wanted;
      }
      break;
    case "fork":
      // Nothing here is a fork, so all but `only` find the same.
      return () => wanted !== "only";
  }
  throw unknown(`${qualifier}:${value}`);
}

function unknown(term: string): ApiError {
  return new ApiError(501, `the simulator does not implement ${term} in a search of repositories`);
}

function orderOf(sort: string | undefined): (a: Repository, b: Repository) => number {
  switch (sort) {
    case "updated":
      return (a, b) => b.updatedAt.localeCompare(a.updatedAt) || a.id - b.id;
    // Nobody stars or forks here, and every match is as good as the other.
    case undefined:
    case "stars":
    case "forks":
    case "help-wanted-issues":
      return (a, b) => a.id - b.id;
    default:
      throw validationFailed({ resource: "Search", field: "sort", code: "invalid" });
  }
}
