import type { Session } from "../world/session.ts";
import { canSee } from "../world/accounts/permissions.ts";
import { itemOf, type Found, testOfIssueTerm } from "./issue-terms.ts";
import { termsOf, testOfTerms, unknownTerm } from "./search-phrase.ts";

/**
 * The issues and pull requests that match a phrase, in its order: newest first
 * unless it has `sort:`.
 * https://docs.github.com/en/search-github/searching-on-github/searching-issues-and-pull-requests
 * @param order `created-asc` and the like, instead of the phrase's
 */
export function searchIssues(session: Session, phrase: string, order?: string): Found[] {
  const { world, actor } = session;
  const terms = termsOf(phrase);
  const sort = terms.find(({ qualifier }) => qualifier === "sort");
  const asked = terms.filter((term) => term.qualifier !== "sort");
  const isFound = testOfTerms(asked, (term) => testOfIssueTerm(term, world, actor));
  return [...world.state.repositories.values()]
    .filter((repository) => canSee(session, repository))
    .flatMap((repository): Found[] => [
      ...repository.issues.map((issue) => ({ type: "Issue", repository, issue }) as const),
      ...repository.pulls.map((pull) => ({ type: "PullRequest", repository, pull }) as const),
    ])
    .filter(isFound)
    .sort(orderOf(order ?? sort?.value ?? "created-desc"));
}

function orderOf(order: string): (a: Found, b: Found) => number {
  const [, field, direction] = /^(created|updated)(?:-(asc|desc))?$/.exec(order) ?? [];
  if (field === undefined) throw unknownTerm(`sort:${order}`);
  const key = field === "created" ? "createdAt" : "updatedAt";
  const sign = direction === "asc" ? 1 : -1;
  return (first, second) => {
    const [a, b] = [itemOf(first), itemOf(second)];
    return sign * (a[key].localeCompare(b[key]) || a.id - b.id);
  };
}
