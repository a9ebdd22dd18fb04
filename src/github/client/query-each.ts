import { GraphqlResponseError } from "@octokit/graphql";
import { z } from "zod";
import type { GitHubClient } from "./github-client.ts";
import { parseAnswer } from "./parse-answer.ts";
import { readBatches, type Outcome } from "./read-batches.ts";

/** Passes a text to the query as a variable. Returns its name: `$v0`. */
export type Variable = (value: string) => string;

export interface EachQuery<Item, Schema extends z.ZodType> {
  /** Its name on GitHub's side. */
  readonly name: string;
  /** "the query for tags" */
  readonly what: string;
  /** The field that reads one item. */
  readonly field: (item: Item, variable: Variable) => string;
  /** What GitHub answers for one item. */
  readonly schema: Schema;
  /** Whether the caller sends smaller queries if this one is too large. */
  readonly canBeHalved?: boolean;
  /** Whether GitHub may refuse some of the items. */
  readonly toleratesMissing?: boolean;
}

/**
 * Reads many items with one query, in which each is a field of its own.
 *
 * @returns in the order of the items; `undefined` for those that GitHub does not show
 */
export async function queryEach<Item, Schema extends z.ZodType>(
  github: GitHubClient,
  items: readonly Item[],
  { name, what, field, schema, canBeHalved = false, toleratesMissing }: EachQuery<Item, Schema>,
): Promise<(z.output<Schema> | undefined)[]> {
  const { query, variables } = buildQuery(name, (variable) =>
    items.map((item, index) => `r${index}: ${field(item, variable)}`).join("\n"),
  );
  const answer = github.query(query, { ...variables, request: { canBeHalved } });
  const data: unknown = await (toleratesMissing ? tolerateNotFound(answer) : answer);
  const found = parseAnswer(z.record(z.string(), schema.nullable()), data, what);
  return items.map((_, index) => found[`r${index}`] ?? undefined);
}

/** The same for more items than one query can have; one outcome for each, as of {@link readBatches}. */
export function queryBatches<Item, Schema extends z.ZodType>(
  github: GitHubClient,
  items: readonly Item[],
  size: number,
  query: EachQuery<Item, Schema>,
): Promise<Outcome<z.output<Schema> | undefined>[]> {
  return readBatches(items, size, (batch) =>
    queryEach(github, batch, { ...query, canBeHalved: batch.length > 1 }),
  );
}

/** A query with any number of variables, all of them texts. */
export function buildQuery(
  name: string,
  body: (variable: Variable) => string,
): { query: string; variables: Record<string, string> } {
  const names = new Map<string, string>();
  const text = body((value) => {
    const known = names.get(value) ?? `v${names.size}`;
    names.set(value, known);
    return `$${known}`;
  });
  const declared = [...names.values()].map((each) => `$${each}: String!`);
  return {
    query: `query ${name}(${declared.join(", ")}) { ${text} }`,
    variables: Object.fromEntries([...names].map(([value, each]) => [each, value])),
  };
}

/**
 * GitHub returns what it found, and lists the rest as errors: NOT_FOUND, or FORBIDDEN where a repository
 * has restrictions of its own. If everything is forbidden, the token is the cause.
 *
 * @param mayLack whether the answer can be used without what is at this path of it; default: always
 */
export async function tolerateNotFound(
  answer: Promise<unknown>,
  mayLack: (path: readonly (string | number)[] | undefined) => boolean = () => true,
): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof GraphqlResponseError) || !error.data) throw error;
    if (error.errors?.some(({ path }) => !mayLack(path))) throw error;
    const data = error.data as Record<string, unknown>;
    const types = new Set(error.errors?.map((each) => each.type));
    const isPartial = Object.values(data).some((each) => each !== null);
    types.delete("NOT_FOUND");
    if (isPartial) types.delete("FORBIDDEN");
    if (types.size === 0) return data;
    throw error;
  }
}
