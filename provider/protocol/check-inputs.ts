import type { z } from "zod";
import { isSameName } from "../../src/is-same-name.ts";
import { hasUnknown, type Properties } from "./property-values.ts";

/** One reason why the inputs cannot be used; shown next to the resource in preview. */
export interface CheckFailure {
  /** Empty: about the whole resource. If a property is named, the engine prints its value. */
  readonly property: string;
  /** What is wrong and the next step. Never the value of a secret. */
  readonly reason: string;
}

export interface CheckResult {
  /** The checked inputs, which the state stores. */
  readonly inputs: Properties;
  readonly failures: readonly CheckFailure[];
}

/** Checks inputs whose checked form the state stores. Unknown inputs are not checked yet. */
export function checkInputs(schema: z.ZodObject, inputs: Properties): CheckResult {
  if (hasUnknown(inputs)) return { inputs, failures: [] };
  const parsed = schema.safeParse(inputs);
  if (parsed.success) return { inputs: parsed.data as Properties, failures: [] };
  return { inputs, failures: toFailures(parsed.error) };
}

/** The findings of a schema, as the engine shows them next to the resource. */
export function toFailures(error: z.core.$ZodError): CheckFailure[] {
  return error.issues.map((issue) => ({
    property: issue.path.join("."),
    reason: issue.message,
  }));
}

/**
 * GitHub compares names of owners, repositories, environments and secrets without case. Where only the
 * spelling changed, the old one is kept, so that nothing is created again and deleted.
 */
export function keepSpelling(
  olds: Properties,
  news: Properties,
  names: readonly string[],
): Properties {
  const kept = names.filter((name) => {
    const [old, next] = [olds[name], news[name]];
    return typeof old === "string" && typeof next === "string" && isSameName(old, next);
  });
  return { ...news, ...Object.fromEntries(kept.map((name) => [name, olds[name]])) };
}
