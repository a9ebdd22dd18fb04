import { z } from "zod";

/**
 * What a body asks for and its schema does not know, as paths. To ignore it would be to answer with
 * a success that is none. What is empty or off asks for nothing, and loose schemas know everything.
 */
export function unknownFields(schema: z.core.$ZodType, value: unknown, path = ""): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "optional":
    case "nullable":
    case "default":
      return unknownFields(def.innerType, value, path);
    case "array":
      return Array.isArray(value)
        ? value.flatMap((item, index) => unknownFields(def.element, item, `${path}[${index}]`))
        : [];
    case "union": {
      const met = def.options.find((option) => z.safeParse(option, value).success);
      return met === undefined ? [] : unknownFields(met, value, path);
    }
    case "object":
      return !isRecord(value) || def.catchall !== undefined
        ? []
        : Object.entries(value).flatMap(([key, item]) => {
            const field = path === "" ? key : `${path}.${key}`;
            const known = Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
            if (known !== undefined) return unknownFields(known, item, field);
            return asksForNothing(item) ? [] : [field];
          });
    default:
      return [];
  }
}

function asksForNothing(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).length === 0;
  return value === null || value === "" || value === false;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
