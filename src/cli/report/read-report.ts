import { readFile } from "node:fs/promises";
import { z } from "zod";
import {
  fleetReportSchema,
  newestReading,
  reportVersion,
  type FleetReport,
} from "../../report/fleet-report.ts";
import { fleetStatusSchema, statusVersion } from "../../operations/status/fleet-status.ts";
import { UsageError } from "../../user-error.ts";

const statusDocument = z.object({
  version: z.literal(statusVersion),
  stacks: z.array(fleetStatusSchema).min(1),
});

/**
 * Reads the output of `ghcr-fleet status --json` or `ghcr-fleet report --json`.
 *
 * @throws {UsageError} the file cannot be read, or holds neither
 */
export async function readReport(file: string): Promise<FleetReport> {
  const document = await readDocument(file);
  const report = fleetReportSchema.safeParse(document);
  if (report.success) return report.data;
  const status = statusDocument.safeParse(document);
  if (status.success) {
    const { stacks } = status.data;
    const unknown = { policies: null, timeline: null, audit: null };
    return { version: reportVersion, writtenAt: newestReading(stacks), stacks, ...unknown };
  }
  const isReport = typeof document === "object" && document !== null && "writtenAt" in document;
  const [issue] = (isReport ? report : status).error.issues;
  throw new UsageError(
    `${file} is not the output of \`ghcr-fleet status --json\`: ${issue?.path.join(".") || "the document"}: ${issue?.message ?? ""}`,
  );
}

async function readDocument(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const reason = error instanceof SyntaxError ? "it is not JSON" : "it cannot be read";
    throw new UsageError(`${file}: ${reason}; create it with ghcr-fleet status --json > ${file}`);
  }
}
