import { readFile } from "node:fs/promises";
import { z } from "zod";
import { fleetReportSchema, reportVersion, type FleetReport } from "../../report/fleet-report.ts";
import { fleetStatusSchema, statusVersion } from "../../operations/status/fleet-status.ts";
import { UsageError } from "../../user-error.ts";
import { writtenAt } from "./written-at.ts";

const statusDocument = z.object({
  version: z.literal(statusVersion),
  stacks: z.array(fleetStatusSchema).min(1),
});

/**
 * Reads what `ghcr-fleet status --json` or `ghcr-fleet report --json` wrote.
 *
 * @throws {UsageError} the file cannot be read, or is neither
 */
export async function readReport(file: string): Promise<FleetReport> {
  const document = await readDocument(file);
  const report = fleetReportSchema.safeParse(document);
  if (report.success) return report.data;
  const status = statusDocument.safeParse(document);
  if (status.success) {
    const { stacks } = status.data;
    const unknown = { policies: null, timeline: null, audit: null };
    return { version: reportVersion, writtenAt: writtenAt(stacks), stacks, ...unknown };
  }
  const isReport = typeof document === "object" && document !== null && "writtenAt" in document;
  const [issue] = (isReport ? report : status).error.issues;
  throw new UsageError(
    `${file} is not what \`ghcr-fleet status --json\` writes: ${issue?.path.join(".") || "the whole"}: ${issue?.message ?? ""}`,
  );
}

async function readDocument(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const reason = error instanceof SyntaxError ? "it is no JSON" : "it cannot be read";
    throw new UsageError(`${file}: ${reason}; write it with ghcr-fleet status --json > ${file}`);
  }
}
