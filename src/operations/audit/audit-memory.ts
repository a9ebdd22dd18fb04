import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../parse-json.ts";
import { replaceFile } from "../../replace-file.ts";
import { UserError } from "../../user-error.ts";
import { auditFindingSchema } from "./audit-finding.ts";

const moment = z.iso.datetime();

const memoryVersion = 1;

const memorySchema = z.object({
  version: z.literal(memoryVersion),
  stack: z.string(),
  /** The audit log has been read up to this moment. */
  until: moment,
  /** Hashes of the stack's PATs: the current one, and those that it replaced. */
  tokens: z.array(z.object({ hash: z.string(), owner: z.string(), replacedAt: moment.optional() })),
  /** Hashes of the admin tokens that the stack was managed with. */
  managingTokens: z.array(z.string()),
  /** Findings that are not acknowledged. */
  findings: z.array(auditFindingSchema),
  /** Sources of all reported sightings, with their time, so that none is reported twice. */
  seen: z.record(z.string(), moment),
});

/** What an audit stores for the next one. It contains no token, only hashes. */
export type AuditMemory = z.output<typeof memorySchema>;

export function auditMemoryPath(folder: string, stack: string): string {
  return join(folder, `audit-${encodeURIComponent(stack)}.json`);
}

/** @throws {UserError} the file was not written by an audit, or by a later version */
export async function readAuditMemory(
  file: string,
  stack: string,
): Promise<AuditMemory | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const json = parseJson(text);
  const { data } = memorySchema.safeParse(json);
  if (data) return data;
  const isLater = z.object({ version: z.int().gt(memoryVersion) }).safeParse(json).success;
  const why = isLater
    ? "was written by a later version of ghcr-fleet: use that one, or"
    : "was not written by an audit:";
  throw new UserError(
    `${file} ${why} move it away, then run \`ghcr-fleet audit ${stack}\` again, with --since for the start date`,
  );
}

export async function writeAuditMemory(file: string, memory: AuditMemory): Promise<void> {
  await replaceFile(file, `${JSON.stringify(memory, null, 2)}\n`);
}

/**
 * Removes findings from the list. Their events are not reported again, but new events are.
 *
 * @param ids the first characters of ids, or `all`
 * @returns `unknown`: ids that match no finding
 */
export function acknowledge(
  memory: AuditMemory,
  ids: readonly string[],
): { memory: AuditMemory; acknowledged: number; unknown: string[] } {
  const isMeant = (id: string) => ids.some((each) => each === "all" || id.startsWith(each));
  const findings = memory.findings.filter(({ id }) => !isMeant(id));
  const unknown = ids.filter(
    (each) => each !== "all" && !memory.findings.some(({ id }) => id.startsWith(each)),
  );
  const acknowledged = memory.findings.length - findings.length;
  return { memory: { ...memory, findings }, acknowledged, unknown };
}
