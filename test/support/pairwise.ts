type Factors = Readonly<Record<string, readonly unknown[]>>;
export type Row<F extends Factors> = { readonly [K in keyof F]: F[K][number] };

/**
 * Rows in which every two values of different factors occur together at least once. Most faults need one
 * value or two together, so these rows find them with far fewer cases than all combinations.
 *
 * @see https://csrc.nist.gov/projects/automated-combinatorial-testing-for-software
 */
export function pairwise<F extends Factors>(factors: F): Row<F>[] {
  const names = Object.keys(factors);
  const values = (name: string) => (factors[name] ?? []).map((_, index) => index);
  const open = new Set(
    names.flatMap((first, at) =>
      names
        .slice(at + 1)
        .flatMap((second) =>
          values(first).flatMap((a) => values(second).map((b) => pair(first, a, second, b))),
        ),
    ),
  );
  const rows: Row<F>[] = [];
  for (let [next] = open; next !== undefined; [next] = open) {
    const row = new Map(JSON.parse(next) as [string, number][]);
    for (const name of names.filter((each) => !row.has(each))) {
      const gain = (value: number) =>
        [...row].filter(([other, index]) => open.has(pair(name, value, other, index))).length;
      const [first = 0, ...others] = values(name);
      row.set(
        name,
        others.reduce((best, value) => (gain(value) > gain(best) ? value : best), first),
      );
    }
    for (const [first, a] of row) {
      for (const [second, b] of row) open.delete(pair(first, a, second, b));
    }
    rows.push(
      Object.fromEntries(
        names.map((name) => [name, factors[name]?.[row.get(name) ?? 0]]),
      ) as Row<F>,
    );
  }
  return rows;
}

function pair(first: string, a: number, second: string, b: number): string {
  const both: [string, number][] = [
    [first, a],
    [second, b],
  ];
  return JSON.stringify(both.sort(([one], [other]) => (one < other ? -1 : 1)));
}
