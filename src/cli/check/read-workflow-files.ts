import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { text } from "node:stream/consumers";
import { lockName } from "../../../policy/workflow/workflow-lock.ts";
import { UsageError } from "../../user-error.ts";
import { findByPattern, isPattern } from "../terminal/find-by-pattern.ts";

export interface WorkflowFile {
  /** Relative to the current folder. */
  readonly path: string;
  readonly text: string;
  /** Of the lockfile beside it, if there is one. */
  readonly lock?: string;
}

export interface StandardInput {
  readonly stream: NodeJS.ReadableStream;
  /** Path that is shown for its findings, and that decides how it is read: ".github/workflows/ci.yml". */
  readonly filename: string;
}

/** Where GitHub looks in a checkout. */
const githubFolder = ".github";

/**
 * The workflow files that paths name: a file, the workflows and actions of a checkout, all workflow
 * files of a folder, the matches of a pattern, and standard input for `-`; each once, sorted by path.
 *
 * @throws {UsageError} a path does not exist, holds no workflow file, is too large, or cannot be read
 */
export async function readWorkflowFiles(
  paths: readonly string[],
  input: StandardInput,
): Promise<WorkflowFile[]> {
  const found = await Promise.all(paths.filter((path) => path !== "-").map(filesAt));
  const files = await Promise.all(
    [...new Set(found.flat())].map(async (path) => {
      const text = await readText(path);
      const beside = join(dirname(path), lockName);
      const lock = (await isThere(beside)) ? await readText(beside) : undefined;
      return { path, text, ...(lock !== undefined && { lock }) };
    }),
  );
  if (paths.includes("-")) {
    const given = await text(input.stream);
    assertSize("standard input", Buffer.byteLength(given));
    files.push({ path: input.filename, text: given });
  }
  return files.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/**
 * Each place must hold a file that can be judged, workflow or action: a check that reads nothing must not
 * pass. `repair` reads places differently, see its read-checkouts.
 */
async function filesAt(path: string): Promise<string[]> {
  if (isPattern(path) && !(await isThere(path))) {
    const matches = await findByPattern(path);
    if (matches.length > 0) return matches.map((match) => relative(".", match));
    throw new UsageError(`${path}: no file matches this pattern`);
  }
  const kind = await reading(path, () => stat(path));
  if (kind.isFile()) return [relative(".", path)];
  if (!kind.isDirectory()) throw new UsageError(`${path}: this is neither a file nor a folder`);
  const files = await filesIn(path);
  if (files.length > 0) return files.map((file) => relative(".", file));
  throw new UsageError(
    `${path}: there are no workflow files here; name a file, a folder of them, or a checkout`,
  );
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await reading(folder, () => readdir(folder));
  const github = entries.includes(githubFolder) ? join(folder, githubFolder) : folder;
  if (basename(github) !== githubFolder) return workflowsIn(folder, entries);
  const workflows = join(github, "workflows");
  const names = await readdir(workflows).catch(() => []);
  return [
    ...(await workflowsIn(workflows, names)),
    ...(await actionsIn(join(github, "actions"))),
    ...(await rootActionOf(dirname(github))),
  ];
}

/** A repository that is an action itself has its metadata at the root. */
async function rootActionOf(checkout: string): Promise<string[]> {
  const names = await readdir(checkout).catch(() => []);
  return names.filter((name) => /^action\.ya?ml$/.test(name)).map((name) => join(checkout, name));
}

async function workflowsIn(folder: string, names: readonly string[]): Promise<string[]> {
  const files = names.filter((name) => /\.ya?ml$/.test(name)).map((name) => join(folder, name));
  const kinds = await Promise.all(files.map((file) => reading(file, () => stat(file))));
  return files.filter((_file, index) => kinds[index]?.isDirectory() === false);
}

async function actionsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names
    .filter((name) => /(?:^|[\\/])action\.ya?ml$/.test(name))
    .map((name) => join(folder, name));
}

async function readText(path: string): Promise<string> {
  assertSize(path, (await reading(path, () => stat(path))).size);
  return reading(path, () => readFile(path, "utf8"));
}

/** More than any workflow has; the rules read a text many times. */
const mostBytes = 1024 * 1024;

function assertSize(path: string, bytes: number): void {
  if (bytes > mostBytes)
    throw new UsageError(`${path}: this is larger than 1 MiB, which no workflow file is`);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT")
      throw new UsageError(
        `${path}: there is no such file or folder; name a workflow file, a folder of them, or a checkout`,
      );
    if (code === "EACCES" || code === "EPERM")
      throw new UsageError(`${path}: you are not allowed to read this`);
    throw new UsageError(`${path}: this cannot be read (${code ?? "unknown error"})`);
  }
}
