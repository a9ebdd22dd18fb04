import { z } from "zod";
import { isUnknown } from "./diff-properties.ts";
import type { EventLog } from "./event-log.ts";

const schema = z.record(z.string(), z.string());

/** Repositories that the fleet leaves out, as the program returns them; none where it did not end. */
export function readSkipped({ planned }: Pick<EventLog, "planned">) {
  const stack = [...planned.values()].find(({ type }) => type === "pulumi:pulumi:Stack");
  const output = stack?.after?.outputs["skipped"];
  const { data, error } = schema.safeParse(output == null || isUnknown(output) ? {} : output);
  const warnings = error?.issues.map(
    ({ path, message }) =>
      `this preview does not show which repositories the fleet leaves out, because the program's output cannot be read: ${["skipped", ...path].join(".")}: ${message}. Export \`skipped\` as declareFleet() returns it`,
  );
  return { repositories: data ?? {}, warnings: warnings ?? [] };
}
