import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { UserError } from "../../user-error.ts";
import { auditFindingSchema } from "./audit-finding.ts";

const moment = z.iso.datetime();

const memorySchema = z.object({
  version: z.literal(1),
  stack: z.string(),
  /** Up to here the audit log has been read. */
  until: moment,
  /** The PATs of the stack, as hashes: the one in use, and those that it replaced. */
  tokens: z.array(z.object({ hash: z.string(), owner: z.string(), replacedAt: moment.optional() })),
  /** Hashes of the admin tokens that the stack was managed with. */
  managingTokens: z.array(z.string()),
  /** Findings that nobody has acknowledged. */
  findings: z.array(auditFindingSchema),
  /** What has been told, and when it happened, so that it is not told again. */
  seen: z.record(z.string(), moment),
});

/** What an audit has to remember until the next one. It holds no token, only hashes. */
export type AuditMemory = z.output<typeof memorySchema>;

export function auditMemoryPath(folder: string, stack: string): string {
  return join(folder, `audit-${encodeURIComponent(stack)}.json`);
}

/** @throws {UserError} the file is there, and is no such memory */
export async function readAuditMemory(file: string): Promise<AuditMemory | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return memorySchema.parse(JSON.parse(text));
  } catch {
    throw new UserError(
      `${file} is no memory of an audit: move it away, then run \`ghcr-fleet audit\` again, with --since for how far to look back`,
    );
  }
}

/** Whole or not at all, whenever the process ends. */
export async function writeAuditMemory(file: string, memory: AuditMemory): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, `${JSON.stringify(memory, null, 2)}\n`);
  await rename(fresh, file);
}
