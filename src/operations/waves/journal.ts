import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../parse-json.ts";
import { replaceFile } from "../../replace-file.ts";
import { UserError } from "../../user-error.ts";

const proofSchema = z.object({
  /** The commit whose image is awaited; absent where it is not known. */
  commit: z.string().optional(),
  /** Whether the credential changed. */
  credential: z.boolean(),
  /** The pull request that brings its files, where it may not be committed to. */
  pullRequestUrl: z.string().optional(),
});

/** Increased when an older version would misread it. */
const journalVersion = 1;

const journalSchema = z.object({
  version: z.literal(journalVersion),
  stack: z.string(),
  /** ISO-8601 */
  startedAt: z.iso.datetime(),
  /** The wave that started last. */
  wave: z.string(),
  /** Repositories that were changed, or were about to be, and have not published since. */
  unproved: z.record(z.string(), proofSchema),
  /** The rollout has ended, and these failed within its failure budget: the next one checks them again. */
  ended: z.boolean().optional(),
});

/** What a repository has to publish before the next wave may start. */
export type Proof = z.infer<typeof proofSchema>;

/**
 * What a resumed rollout needs beyond the engine's state, which says what is applied, and GitHub, which
 * says what ran: the repositories that still have to publish.
 */
export type Journal = z.infer<typeof journalSchema>;

/** @param folder the project's */
export function journalPath(
  folder: string,
  stack: string,
  of: "rollout" | "rotation" = "rollout",
): string {
  return join(folder, ".ghcr-fleet", `${of}-${encodeURIComponent(stack)}.json`);
}

/**
 * @param stack the stack that the journal has to belong to
 * @throws {UserError} the file exists and cannot be read, or is no journal of this stack
 */
export async function readJournal(file: string, stack: string): Promise<Journal | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError(
      `cannot read ${file}, the list of repositories that still have to publish (${(error as Error).message})`,
    );
  });
  if (text === undefined) return undefined;
  const json = parseJson(text);
  const { success, data } = journalSchema.safeParse(json);
  if (success && data.stack === stack) return data;
  const why = success ? `belongs to the stack ${data.stack}` : whyUnreadable(json);
  throw new UserError(
    `${file} ${why}. It only lists the repositories that still have to publish: delete it to continue without`,
  );
}

function whyUnreadable(json: unknown): string {
  const { data } = z.object({ version: z.int().gt(journalVersion) }).safeParse(json);
  return data
    ? "was written by a later version of ghcr-fleet: use that one"
    : "is not a journal, or only a part of one";
}

/** @throws {UserError} it cannot be written, as on a full disk; the old one is kept */
export async function writeJournal(file: string, journal: Journal): Promise<void> {
  try {
    await replaceFile(file, `${JSON.stringify(journal, null, 2)}\n`);
  } catch (error) {
    throw new UserError(
      `cannot write ${file}, which a resumed rollout needs (${(error as Error).message}): make it writable`,
    );
  }
}

export async function removeJournal(file: string): Promise<void> {
  await rm(file, { force: true });
}
