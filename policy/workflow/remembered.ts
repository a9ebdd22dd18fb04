import type { YAMLMap } from "yaml";
import type { Workflow } from "./workflow.ts";

const verdicts = new WeakMap<Workflow, Map<string, boolean>>();
const numbers = new WeakMap<YAMLMap, number>();
let last = 0;

/**
 * Caches an answer for a place. Without this, the number of paths to the first step grows exponentially
 * where each step writes the outputs of the one before in many commands.
 *
 * @param place the maps around it
 */
export function remembered(
  workflow: Workflow,
  place: readonly YAMLMap[],
  question: string,
  judge: () => boolean,
): boolean {
  const known = verdicts.get(workflow) ?? new Map<string, boolean>();
  verdicts.set(workflow, known);
  const key = [...place.map(numberOf), question].join(" ");
  const verdict = known.get(key) ?? judge();
  known.set(key, verdict);
  return verdict;
}

function numberOf(map: YAMLMap): number {
  const known = numbers.get(map);
  if (known !== undefined) return known;
  last += 1;
  numbers.set(map, last);
  return last;
}
