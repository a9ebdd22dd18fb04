import type { Rule } from "./rule.ts";

/** A rule's thresholds: what a configuration says, and the defaults for the rest. */
export function thresholdsOf({ thresholds }: Rule, config: object = {}): object {
  const defaults = Object.entries(thresholds?.properties ?? {}).flatMap(([name, schema]) =>
    schema.default === undefined ? [] : [[name, schema.default] as const],
  );
  return { ...Object.fromEntries(defaults), ...config };
}
