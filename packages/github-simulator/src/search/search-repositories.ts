import type { Session } from "../world/session.ts";
import type { Actor } from "../world/actor.ts";
import { canSee } from "../world/accounts/permissions.ts";
import type { Repository } from "../world/state/repository.ts";
import { isWithin, termsOf, testOfTerms, unknownTerm, type Term } from "./search-phrase.ts";

type Test = (repository: Repository) => boolean;

/**
 * The repositories that match a phrase, for the qualifiers that have an effect here, oldest first.
 * https://docs.github.com/en/search-github/searching-on-github/searching-for-repositories
 */
export function searchRepositories(session: Session, phrase: string): Repository[] {
  const { world, actor } = session;
  const terms = termsOf(phrase).filter(({ qualifier }) => qualifier !== "sort");
  const isFound = testOfTerms(terms, (term) => testOf(term, actor));
  return [...world.state.repositories.values()].filter(
    (repository) => canSee(session, repository) && isFound(repository),
  );
}

/** The order from the phrase's `sort:`; without it, all matches have the same score. */
export function orderOfPhrase(phrase: string): (a: Repository, b: Repository) => number {
  const sort = termsOf(phrase).find(({ qualifier }) => qualifier === "sort");
  if (sort === undefined) return (a, b) => a.id - b.id;
  if (!/^updated(-asc|-desc)?$/.test(sort.value)) throw unknownTerm(sort.text);
  const sign = sort.value.endsWith("-asc") ? 1 : -1;
  return (a, b) => sign * (a.updatedAt.localeCompare(b.updatedAt) || b.id - a.id);
}

function testOf(term: Term, actor: Actor): Test {
  const { qualifier, value, text } = term;
  if (qualifier === undefined) return namedLike(value);
  const wanted = value.toLowerCase();
  switch (qualifier) {
    case "org":
    case "user": {
      const owner = wanted === "@me" && actor.kind !== "anonymous" ? actor.login : wanted;
      return (repository) => repository.owner.toLowerCase() === owner.toLowerCase();
    }
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
    case "created":
      return ({ createdAt }) => isWithin(createdAt, term);
    case "pushed":
      return ({ pushedAt }) => isWithin(pushedAt, term);
    case "is":
    case "visibility":
      if (["public", "private", "internal"].includes(wanted)) {
        return ({ visibility }) => visibility === wanted;
      }
      break;
    case "fork":
      // There are no forks here, so all values but `only` give the same result.
      return () => wanted !== "only";
  }
  throw unknownTerm(text);
}

/** Without `in:` GitHub searches names, descriptions and topics. */
function namedLike(word: string): Test {
  const part = word.toLowerCase();
  return ({ name, description, topics }) =>
    [name, description ?? "", ...topics].some((text) => text.toLowerCase().includes(part));
}
