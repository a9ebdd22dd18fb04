import type { z } from "zod";
import type { CheckFailure } from "./resource-type.ts";

/** What a schema found, as the engine shows it beside the resource. */
export function toFailures(error: z.core.$ZodError): CheckFailure[] {
  return error.issues.map((issue) => ({
    property: issue.path.join("."),
    reason: issue.message,
  }));
}
