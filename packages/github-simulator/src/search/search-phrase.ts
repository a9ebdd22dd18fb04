import { Refusal } from "../world/refusal.ts";

/** One term of a search: a word, or `qualifier:value`. */
export interface Term {
  /** Undefined for a word. */
  qualifier: string | undefined;
  value: string;
  negated: boolean;
  /** The original text. */
  text: string;
}

/**
 * Words and `qualifier:value`; quotes keep spaces together, and a minus negates a term. All
 * terms must match, so parentheses around words have no effect: the `gh` command writes `( words )`.
 */
export function termsOf(phrase: string): Term[] {
  const words = phrase.replace(/^\(\s+([^()]*?)\s+\)(?=\s|$)/, "$1");
  const written = words.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  return written.map((text) => {
    if (/^(AND|OR|NOT)$|^\(|\)$|^-[^:]*$/.test(text)) throw unknownTerm(text);
    const plain = text.replaceAll('"', "");
    const [, minus, qualifier, value] = /^(-?)([\w-]+):(.*)$/.exec(plain) ?? [];
    return qualifier === undefined
      ? { qualifier: undefined, value: plain, negated: false, text }
      : { qualifier, value: value ?? "", negated: minus === "-", text };
  });
}

/** Unsupported qualifiers are refused: ignoring them would give wrong results. */
export function unknownTerm(text: string): Refusal {
  return new Refusal("not-implemented", `the simulator does not implement ${text} in a search`);
}

type Test<Item> = (item: Item) => boolean;

/**
 * Combines all terms. Several values of a qualifier that names a place mean any of them, because
 * `gh search issues --repo a --repo b` relies on.
 */
export function testOfTerms<Item>(
  terms: readonly Term[],
  testOf: (term: Term) => Test<Item>,
): Test<Item> {
  const places = terms.filter((term) => isPlace(term));
  const atPlace = places.map(testOf);
  const others = terms
    .filter((term) => !isPlace(term))
    .map((term): Test<Item> => {
      const test = testOf(term);
      return term.negated ? (item) => !test(item) : test;
    });
  return (item) =>
    (atPlace.length === 0 || atPlace.some((test) => test(item))) &&
    others.every((test) => test(item));
}

function isPlace({ qualifier, negated }: Term): boolean {
  return !negated && ["org", "user", "repo"].includes(qualifier ?? "");
}

/**
 * `>=2026-01-31`, `<2026-01-31T10:00:00Z`, `2026-01-01..2026-01-31`, `2026-01-31`: a day stands for
 * all of it. https://docs.github.com/en/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax#query-for-dates
 */
export function isWithin(moment: string | null, asked: Term): boolean {
  const { value, text } = asked;
  const [, sign, date, end] = /^([<>]=?|)([^.]+)(?:\.\.(.+))?$/.exec(value) ?? [];
  if (date === undefined || (sign !== "" && end !== undefined)) throw unknownTerm(text);
  const [first, last] = dayOf(date, text);
  const until = end === undefined ? last : dayOf(end, text)[1];
  const at = Date.parse(moment ?? "");
  switch (sign) {
    case ">":
      return at > last;
    case ">=":
      return at >= first;
    case "<":
      return at < first;
    case "<=":
      return at <= last;
    default:
      return at >= first && at <= until;
  }
}

function dayOf(date: string, text: string): [first: number, last: number] {
  const first = Date.parse(date);
  if (Number.isNaN(first) || !/^\d{4}-\d\d-\d\d/.test(date)) throw unknownTerm(text);
  return date.length === 10 ? [first, first + 86_399_999] : [first, first + 999];
}
