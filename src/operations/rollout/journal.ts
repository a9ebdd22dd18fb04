import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { UserError } from "../../user-error.ts";

const proofSchema = z.object({
  /** The commit whose image is awaited; absent where it is not known. */
  commit: z.string().optional(),
  /** Whether the credential changed. */
  credential: z.boolean(),
  /** The pull request that brings its files, where it may not be committed to. */
  pullRequestUrl: z.string().optional(),
});

/** Raised when an older version would misread it. */
const journalVersion = 1;

const journalSchema = z.object({
  version: z.literal(journalVersion),
  stack: z.string(),
  /** ISO-8601 */
  startedAt: z.iso.datetime(),
  /** The wave that was last begun. */
  wave: z.string(),
  /** Repositories that were changed, or were about to be, and have not published since. */
  unproved: z.record(z.string(), proofSchema),
});

/** What a repository has to show before the next wave may begin. */
export type Proof = z.infer<typeof proofSchema>;

/**
 * What a rollout has to remember beyond what is so anyway: the engine's state says what is applied,
 * GitHub what ran. Only which repositories still have to prove themselves is written down.
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
 * @param stack whose journal it has to be
 * @throws {UserError} the file is there, and is no journal of this stack, or cannot be read
 */
export async function readJournal(file: string, stack: string): Promise<Journal | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError(
      `cannot read ${file}, which tells what is left to prove (${(error as Error).message})`,
    );
  });
  if (text === undefined) return undefined;
  const json = parseJson(text);
  const { success, data } = journalSchema.safeParse(json);
  if (success && data.stack === stack) return data;
  const why = success ? `is about the stack ${data.stack}` : whyUnreadable(json);
  throw new UserError(
    `${file} ${why}. It only tells which repositories still have to publish: to go on without, delete it`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whyUnreadable(json: unknown): string {
  const { data } = z.object({ version: z.int().gt(journalVersion) }).safeParse(json);
  return data
    ? "was written by a later version of ghcr-fleet: use that one"
    : "is no journal, or only a part of one";
}

/**
 * Whole or not at all, whenever the process ends.
 *
 * @throws {UserError} it cannot be written, as on a full disk; the one before is still there
 */
export async function writeJournal(file: string, journal: Journal): Promise<void> {
  const fresh = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(fresh, `${JSON.stringify(journal, null, 2)}\n`);
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw new UserError(
      `cannot write ${file}, which tells a resumed rollout what is left to prove (${(error as Error).message}): make it writable`,
    );
  }
}

export async function removeJournal(file: string): Promise<void> {
  await rm(file, { force: true });
}
