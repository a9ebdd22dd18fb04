import type { Properties } from "./event-log.ts";
import type { PropertyChange } from "./stack-preview.ts";
import { clipped } from "../../format-text.ts";
import { commitToCome, tagToCome } from "../../publishing/shared-pins.ts";

/** The engine's placeholder for a value that it does not know yet. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Properties that follow from others and do not help a person: a sealed box is new whenever its value
 * changed or was overwritten. Workflow files are compared separately, and a missing label is in a warning.
 */
const derived = new Set([
  ...["box", "keyId", "key", "salt", "inspectedAt"],
  ...["files", "edits", "mode", "why", "unresolved", "workflows", "reader", "unlabelled"],
]);

const longest = 120;

/** Whether the engine learns the value only during the update. */
export function isUnknown(value: unknown): boolean {
  return value === unknown;
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

/**
 * The differences between two sets of properties, by path. Maps are compared key by key.
 *
 * @param skipUnknown leave out unknown values, which may be unchanged
 */
export function diffProperties(
  before: Properties,
  after: Properties,
  skipUnknown: boolean,
): PropertyChange[] {
  return names(before, after)
    .filter((name) => !derived.has(name) && !name.startsWith("__"))
    .flatMap((name) => compareValue(name, before[name], after[name]))
    .filter(({ next }) => !(skipUnknown && isUnknown(next)))
    .map(({ path, old, next }) => ({
      path,
      ...(old !== undefined && { before: show(old) }),
      ...(next !== undefined && { after: show(next) }),
    }));
}

interface Difference {
  readonly path: string;
  readonly old: unknown;
  readonly next: unknown;
}

function compareValue(path: string, old: unknown, next: unknown): Difference[] {
  if (isMap(old) && isMap(next)) {
    return names(old, next).flatMap((key) => compareValue(`${path}.${key}`, old[key], next[key]));
  }
  return JSON.stringify(old) === JSON.stringify(next) ? [] : [{ path, old, next }];
}

function names(one: Properties, other: Properties): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
}

function show(value: unknown): string {
  if (isUnknown(value)) return "known after the update";
  if (value === commitToCome || value === tagToCome) return "the one that the update makes";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return clipped(text, longest);
}

function isMap(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
