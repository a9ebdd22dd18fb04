import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { UsageError } from "../user-error.ts";

export const workflowsFolder = ".github/workflows";

export interface WorkflowFile {
  /** Relative to the current folder. */
  readonly path: string;
  readonly text: string;
}

/**
 * The workflow files that paths stand for: a file itself, the workflows of a checkout, or all workflow
 * files of a folder; each once, by path.
 *
 * @throws {UsageError} a path that is none, holds none, or cannot be read
 */
export async function readWorkflowFiles(paths: readonly string[]): Promise<WorkflowFile[]> {
  const found = await Promise.all(paths.map(filesAt));
  const files = [...new Set(found.flat())].sort();
  return Promise.all(
    files.map(async (path) => ({ path, text: await reading(path, () => readFile(path, "utf8")) })),
  );
}

async function filesAt(path: string): Promise<string[]> {
  const kind = await reading(path, () => stat(path));
  if (kind.isFile()) return [relative(".", path)];
  if (!kind.isDirectory()) throw new UsageError(`${path}: this is neither a file nor a folder`);
  const entries = await reading(path, () => readdir(path));
  const folder = entries.includes(".github") ? join(path, workflowsFolder) : path;
  const names = folder === path ? entries : await readdir(folder).catch(() => []);
  const files = await Promise.all(
    names
      .filter((name) => /\.ya?ml$/.test(name))
      .map((name) => join(folder, name))
      .map(async (file) => ((await isFolder(file)) ? [] : [relative(".", file)])),
  );
  if (files.flat().length > 0) return files.flat();
  throw new UsageError(
    `${path}: there are no workflow files here; name a file, a folder of them, or a checkout`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return (await reading(path, () => stat(path))).isDirectory();
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new UsageError(`${path}: there is no such file or folder`);
    if (code === "EACCES" || code === "EPERM")
      throw new UsageError(`${path}: you are not allowed to read this`);
    throw new UsageError(`${path}: this cannot be read (${code ?? "unknown error"})`);
  }
}
