import type { Json } from "./expression.ts";

export type Combination = Readonly<Record<string, Json>>;

/**
 * All combinations of a `strategy.matrix`, after `exclude` and `include`.
 * @throws Error for a matrix that is empty or of the wrong form
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstrategymatrix
 */
export function expandMatrix(matrix: Json): Combination[] {
  if (!isRecord(matrix)) throw new Error("Unexpected value for 'matrix': a mapping was expected");
  const { include, exclude, ...vectors } = matrix;
  const names = Object.keys(vectors);
  let combinations: Combination[] = names.length === 0 ? [] : [{}];
  for (const name of names) {
    const values: Json | undefined = vectors[name];
    if (!Array.isArray(values) || values.length === 0) {
      throw new Error(`Matrix vector '${name}' does not contain any values`);
    }
    const list = values as readonly Json[];
    combinations = combinations.flatMap((each) =>
      list.map((value) => ({ ...each, [name]: value })),
    );
  }
  const kept = combinations.filter(
    (each) => !listOf(exclude).some((pattern) => agrees(each, pattern, Object.keys(pattern))),
  );
  const result = addIncluded(kept, listOf(include), names);
  if (result.length === 0) throw new Error("Matrix must define at least one vector");
  return result;
}

/** @returns e.g. ` (linux/amd64, 20)`, which GitHub appends to a job's name; empty without a matrix */
export function matrixSuffix(combination: Combination): string {
  const texts = Object.values(combination)
    .flatMap(leaves)
    .filter((text) => text !== "");
  return texts.length === 0 ? "" : ` (${texts.join(", ")})`;
}

/**
 * An entry of `include` is added to every combination it does not contradict in an original value;
 * if there is none, it becomes a combination of its own.
 */
function addIncluded(
  combinations: readonly Combination[],
  included: readonly Combination[],
  names: readonly string[],
): Combination[] {
  const result: Combination[] = [...combinations];
  for (const entry of included) {
    const shared = Object.keys(entry).filter((key) => names.includes(key));
    let used = false;
    for (let index = 0; index < combinations.length; index += 1) {
      const original = combinations[index] ?? {};
      if (!agrees(original, entry, shared)) continue;
      result[index] = { ...result[index], ...entry };
      used = true;
    }
    if (!used) result.push(entry);
  }
  return result;
}

function agrees(each: Combination, pattern: Combination, keys: readonly string[]): boolean {
  return keys.every((key) => JSON.stringify(each[key]) === JSON.stringify(pattern[key]));
}

function listOf(value: Json | undefined): Combination[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function leaves(value: Json): string[] {
  if (value === null) return [];
  return typeof value === "object" ? Object.values(value).flatMap(leaves) : [String(value)];
}

function isRecord(value: Json | undefined): value is Combination {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
