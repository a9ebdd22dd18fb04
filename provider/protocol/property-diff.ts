import { isMap, unknownValue, type Properties, type PropertyValue } from "./property-values.ts";
import type { ChangeKind, Changes } from "./resource-type.ts";

/**
 * The paths at which two sets of properties differ. Maps are compared key by key, lists and plain
 * values as a whole, so that the engine shows only the changed file and not the whole map.
 *
 * @param replaceOn top-level properties whose change replaces the resource
 */
export function diffProperties(
  olds: Properties,
  news: Properties,
  replaceOn: readonly string[] = [],
): Changes {
  const changes: Record<string, ChangeKind> = {};
  for (const name of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    const found = diffValue(name, olds[name], news[name]);
    for (const [path, kind] of Object.entries(found)) {
      changes[path] = replaceOn.includes(name) ? "replace" : kind;
    }
  }
  return changes;
}

function diffValue(
  path: string,
  old: PropertyValue | undefined,
  next: PropertyValue | undefined,
): Changes {
  if (old === undefined) return next === undefined ? {} : { [path]: "add" };
  if (next === undefined) return { [path]: "delete" };
  if (isMap(old) && isMap(next)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(next)])];
    const found = keys.map((key) => diffValue(join(path, key), old[key], next[key]));
    return Object.fromEntries(found.flatMap((each) => Object.entries(each)));
  }
  return equal(old, next) ? {} : { [path]: "update" };
}

function equal(one: PropertyValue, other: PropertyValue): boolean {
  if (one === unknownValue || other === unknownValue) return false;
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Pulumi's property paths: `a.b`, or `a["b.c"]` where the key is not a plain name. */
function join(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}
