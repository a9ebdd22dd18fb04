import type { Properties } from "../model/rule.ts";

/** Stands for a value that only the engine, GitHub or the registry knows. */
export const openValue = Symbol("open");

/** Has the name of the SDK's own error, so rules can tell unknown values from errors. */
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
