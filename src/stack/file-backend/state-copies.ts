import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { z } from "zod";
import { UserError } from "../../user-error.ts";
import type { StackFiles } from "./stack-files.ts";

// A full disk can destroy the state and the copies that the engine keeps. Its library replaces the state by what
// could be written of the new one, and then the backup by that. And the engine takes a state such as `{}` or `null`
// for that of a new stack, and would create everything again.
// https://github.com/pulumi/pulumi/blob/v3.276.0/pkg/backend/diy/state.go
// https://github.com/google/go-cloud/blob/v0.46.0/blob/blob.go: WriteAll closes, and so renames, after a failed write

/** Suffixes of the engine's serializations. */
const suffixes = [".json", ".json.gz", ".json.zst"];

/**
 * @throws {UserError} the engine would take a stack for a new one, or could not read it
 */
export async function assertStateIntact(files: StackFiles): Promise<void> {
  const state = stateOf(files);
  // Without one, the engine says that there is no such stack.
  const problem = state === undefined ? undefined : await problemOf(state);
  if (problem === undefined) return;
  throw new UserError(
    `the state of ${files.stack} ${problem} (${state}), and the engine could take the stack for a new one. Restore the last valid state: ghcr-fleet recover ${files.stack}`,
  );
}

/**
 * Keeps a verified copy of a stack's state, in `.pulumi/ghcr-fleet` of the back end.
 *
 * @throws {UserError} the state is empty or incomplete, or the copy cannot be written, such as on a full disk:
 *   then nothing may start that writes the state
 */
export async function keepStateCopy(files: StackFiles): Promise<void> {
  await assertStateIntact(files);
  const state = stateOf(files);
  if (state === undefined) return;
  const copy = join(copiesFolder(files), `${files.stack}${suffixOf(state)}`);
  try {
    await writeVerified(copy, await readFile(state));
  } catch (error) {
    throw new UserError(
      `no copy of the state of ${files.stack} can be kept (${(error as Error).message}), so nothing was started: the engine could lose the state. Free disk space, or make the folder writable`,
    );
  }
}

interface RestoredState {
  /** What was wrong with the state: "is empty". */
  readonly problem: string;
  /** The valid copy that replaced it. */
  readonly from: string;
  /** When the copy was written. */
  readonly writtenAt: Date;
}

/**
 * Replaces a state that is empty or incomplete by the newest valid copy, ours or the engine's.
 *
 * @returns nothing where the state is valid, or there is none: a removed stack has copies, too
 * @throws {UserError} there is no valid copy, or it cannot be written
 */
export async function restoreState(files: StackFiles): Promise<RestoredState | undefined> {
  const state = stateOf(files);
  const problem = state === undefined ? undefined : await problemOf(state);
  if (state === undefined || problem === undefined) return undefined;
  const found = await newestValid(files);
  if (!found) {
    throw new UserError(
      `the state of ${files.stack} ${problem} (${state}), and no valid copy was found: restore the file from a backup of your own, or give the stack up with pulumi stack rm --force`,
    );
  }
  const target = join(stacksFolder(files), `${files.stack}${suffixOf(found.path)}`);
  try {
    // A newer engine may know how to read it.
    await writeVerified(join(copiesFolder(files), `${files.stack}.broken`), await readFile(state));
    // In its place until the other one is there: without a state, there would be no such stack.
    await writeVerified(target, await readFile(found.path));
    if (state !== target) await rm(state);
    // They hold the checksums of what was there.
    for (const path of [state, target]) await rm(`${path}.attrs`, { force: true });
  } catch (error) {
    throw new UserError(
      `the state of ${files.stack} cannot be restored (${(error as Error).message}): free disk space, then run the command again`,
    );
  }
  return { problem, from: found.path, writtenAt: found.writtenAt };
}

async function newestValid(
  files: StackFiles,
): Promise<{ path: string; writtenAt: Date } | undefined> {
  const stated = await Promise.all(
    [...copiesOf(files), ...(await engineCopiesOf(files))].map(async (path) => ({
      path,
      writtenAt: (await stat(path)).mtime,
    })),
  );
  const byAge = stated.toSorted(
    (one, other) => other.writtenAt.getTime() - one.writtenAt.getTime(),
  );
  for (const each of byAge) if ((await problemOf(each.path)) === undefined) return each;
  return undefined;
}

function copiesOf(files: StackFiles): string[] {
  return existing(join(copiesFolder(files), files.stack));
}

/** The state before the last one, and what an update left when it ended. */
async function engineCopiesOf(files: StackFiles): Promise<string[]> {
  const { folder, project, stack: name } = files;
  const before = suffixes
    .map((suffix) => join(stacksFolder(files), `${name}${suffix}.bak`))
    .filter((path) => existsSync(path));
  const later = ["history", "backups"].flatMap((kind) => [
    join(folder, kind, project, name),
    join(folder, kind, name),
  ]);
  const kept = await Promise.all(
    later.map(async (place) => {
      const names = await readdir(place).catch(() => []);
      return names
        .filter((each) => !/\.history\.|\.attrs$/.test(each))
        .map((each) => join(place, each));
    }),
  );
  return [...before, ...kept.flat()];
}

function stateOf(files: StackFiles): string | undefined {
  return existing(join(stacksFolder(files), files.stack))[0];
}

function existing(base: string): string[] {
  return suffixes.map((suffix) => `${base}${suffix}`).filter((path) => existsSync(path));
}

/** Back ends of old engines have no folders of projects. */
function stacksFolder({ folder, project }: StackFiles): string {
  const own = join(folder, "stacks", project);
  return existsSync(own) ? own : join(folder, "stacks");
}

/** Outside of the folders that the engine lists. */
function copiesFolder({ folder, project }: StackFiles): string {
  return join(folder, "ghcr-fleet", project);
}

function suffixOf(path: string): string {
  return /\.json(?:\.gz|\.zst)?(?=\.bak$|$)/.exec(path)?.[0] ?? ".json";
}

/** What the engine writes for every stack, also for a new one: an object that names its stack. */
const checkpointSchema = z.looseObject({
  version: z.number().min(1),
  checkpoint: z.looseObject({ stack: z.string().min(1) }),
});

/** What is wrong with a state; nothing if the engine can read it as that of a known stack. */
async function problemOf(path: string): Promise<string | undefined> {
  const bytes = await readFile(path);
  if (bytes.length === 0) return "is empty";
  try {
    const found: unknown = JSON.parse(decompressed(path, bytes).toString("utf8"));
    return checkpointSchema.safeParse(found).success ? undefined : "says nothing about any stack";
  } catch {
    return "is incomplete";
  }
}

function decompressed(path: string, bytes: Buffer): Buffer {
  switch (suffixOf(path)) {
    case ".json.gz":
      return gunzipSync(bytes);
    case ".json.zst":
      return zstdDecompressSync(bytes);
    default:
      return bytes;
  }
}

/** The file has its old content until the new one is on the disk, read back and compared. */
async function writeVerified(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(fresh, "w", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!(await readFile(fresh)).equals(bytes))
      throw new Error("what was written reads differently");
    await rename(fresh, path);
  } finally {
    await rm(fresh, { force: true });
  }
}
