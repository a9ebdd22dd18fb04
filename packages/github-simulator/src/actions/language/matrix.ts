import { looselyEqual, toText, type Json } from "./expression.ts";

export type Combination = Readonly<Record<string, Json>>;

/** One configuration of a matrix. */
export interface MatrixJob {
  /** `matrix` in expressions. */
  readonly values: Combination;
  /** Appended to a job's name, e.g. ` (linux/amd64, 20)`: without what `include` adds to a combination. */
  readonly suffix: string;
}

/**
 * All combinations of a `strategy.matrix`, after `exclude` and `include`.
 * @throws Error for a matrix that is empty or of the wrong form
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstrategymatrix
 * @see https://github.com/actions/runner/blob/main/src/Sdk/WorkflowParser/Conversion/MatrixBuilder.cs
 */
export function expandMatrix(matrix: Json): MatrixJob[] {
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
  const excluded = listOf(exclude);
  const unknown = excluded.flatMap(Object.keys).find((key) => !names.includes(key));
  if (unknown !== undefined) {
    throw new Error(`Matrix exclude key '${unknown}' does not match any key within the matrix`);
  }
  const kept = combinations.filter((each) => !excluded.some((pattern) => agrees(each, pattern)));
  const result = addIncluded(kept, listOf(include), names);
  if (result.length === 0) throw new Error("Matrix must define at least one vector");
  return result;
}

/**
 * An entry of `include` is added to every combination it does not contradict in an original value;
 * if there is none, it becomes a combination of its own.
 */
function addIncluded(
  combinations: readonly Combination[],
  included: readonly Combination[],
  names: readonly string[],
): MatrixJob[] {
  const result = combinations.map((values) => ({ values, suffix: suffixOf(values) }));
  for (const entry of included) {
    const isOriginal = ([key]: readonly [string, Json]) => names.includes(key);
    const shared = Object.fromEntries(Object.entries(entry).filter(isOriginal));
    const added = Object.fromEntries(Object.entries(entry).filter((pair) => !isOriginal(pair)));
    let used = false;
    for (const [index, original] of combinations.entries()) {
      const before = result[index];
      if (before === undefined || !agrees(original, shared)) continue;
      result[index] = { ...before, values: { ...before.values, ...added } };
      used = true;
    }
    const own = { ...shared, ...added };
    if (!used) result.push({ values: own, suffix: suffixOf(own) });
  }
  return result;
}

/** Whether a value has everything in a pattern, compared as `==` in expressions does. */
function agrees(value: Json | undefined, pattern: Json): boolean {
  if (pattern === null || typeof pattern !== "object") return looselyEqual(value ?? null, pattern);
  const parts = value as Combination | null | undefined;
  return Object.entries(pattern).every(([key, each]) => agrees(parts?.[key], each));
}

function suffixOf(combination: Combination): string {
  const texts = leaves(combination).filter((text) => text !== "");
  return texts.length === 0 ? "" : ` (${texts.join(", ")})`;
}

function listOf(value: Json | undefined): Combination[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function leaves(value: Json): string[] {
  if (value === null) return [];
  return typeof value === "object" ? Object.values(value).flatMap(leaves) : [toText(value)];
}

function isRecord(value: Json | undefined): value is Combination {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
