import type { Properties } from "./property-values.ts";

/**
 * GitHub compares names of owners, repositories, environments and secrets without case. A new
 * spelling of the same place is no other place: the first spelling stays, so that nothing is
 * created anew and deleted.
 */
export function keepSpelling(
  olds: Properties,
  news: Properties,
  names: readonly string[],
): Properties {
  const kept = names.filter((name) => isSameName(olds[name], news[name]));
  return { ...news, ...Object.fromEntries(kept.map((name) => [name, olds[name]])) };
}

function isSameName(one: Properties[string], other: Properties[string]): boolean {
  if (typeof one !== "string" || typeof other !== "string") return false;
  return one.toLowerCase() === other.toLowerCase();
}
