import type { Properties } from "./rule.ts";
import { safeToPrint } from "../workflow/safe-to-print.ts";

/**
 * Whether reading a property failed because preview does not know its value yet. The SDK throws a class
 * of its own for that and does not export its type.
 * https://github.com/pulumi/pulumi-policy/blob/main/sdk/nodejs/policy/proxy.ts
 */
export function isUnknownValue(error: unknown): error is Error {
  return error instanceof Error && error.constructor.name === "UnknownValueError";
}

/**
 * Judges every item before it throws for an unknown value, so that one unknown value hides no other
 * finding.
 */
export function* eachKnown<Item, Finding>(
  items: Iterable<Item>,
  judge: (item: Item) => Iterable<Finding>,
): Iterable<Finding> {
  let unknown: Error | undefined;
  for (const item of items) {
    try {
      yield* judge(item);
    } catch (error) {
      if (!isUnknownValue(error)) throw error;
      unknown ??= error;
    }
  }
  if (unknown) throw unknown;
}

/** The engine prints the path to an unknown value, and a key on that path may be a secret. */
export function withoutSecretPath(error: Error): Error {
  const path = /value at \.(.*) can't be known/s.exec(error.message)?.[1] ?? "";
  const harmless = path.split(/[./]/).every((key) => key === "" || safeToPrint(key) !== undefined);
  if (!harmless) error.message = "a value can't be known during preview";
  return error;
}

/** Stands for a value that only the engine, GitHub or the registry knows. */
export const openValue = Symbol("open");

/** Has the name of the SDK's own error, so rules can distinguish unknown values from errors. */
class UnknownValueError extends Error {}

/** Properties that cannot be read where they are open, as the engine's cannot in preview. */
export function withOpenValues(properties: Properties): Properties {
  return new Proxy(properties, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (value === openValue) throw new UnknownValueError(`${String(key)} is not known offline`);
      return value;
    },
  });
}
