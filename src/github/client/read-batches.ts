import { GraphqlResponseError } from "@octokit/graphql";
import { isTooLarge } from "./is-too-large.ts";

/** The value, or the error. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/**
 * Reads many items with few queries. Where GitHub refuses a query because of one item, its halves are
 * tried, so that only that item fails.
 *
 * @param read reads up to `size` items, and returns them in order
 * @returns one outcome per request, in order
 */
export async function readBatches<Request, T>(
  requests: readonly Request[],
  size: number,
  read: (batch: readonly Request[]) => Promise<readonly T[]>,
): Promise<Outcome<T>[]> {
  const outcomes: Outcome<T>[] = [];
  for (let start = 0; start < requests.length; start += size) {
    outcomes.push(...(await readOrHalve(requests.slice(start, start + size), read)));
  }
  return outcomes;
}

/** As a DataLoader answers: the value of each, or its error. */
export function valuesOrErrors<T>(outcomes: readonly Outcome<T>[]): (T | Error)[] {
  return outcomes.map((outcome) => {
    if ("value" in outcome) return outcome.value;
    return outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error));
  });
}

async function readOrHalve<Request, T>(
  batch: readonly Request[],
  read: (batch: readonly Request[]) => Promise<readonly T[]>,
): Promise<Outcome<T>[]> {
  try {
    return (await read(batch)).map((value) => ({ value }));
  } catch (error) {
    // Other failures, such as an invalid token, would affect both halves.
    const isAboutSome = error instanceof GraphqlResponseError || isTooLarge(error);
    if (batch.length === 1 || !isAboutSome) {
      return batch.map(() => ({ error }));
    }
    const half = Math.ceil(batch.length / 2);
    const first = await readOrHalve(batch.slice(0, half), read);
    return [...first, ...(await readOrHalve(batch.slice(half), read))];
  }
}
