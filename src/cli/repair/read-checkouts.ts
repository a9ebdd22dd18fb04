import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { localActionPaths } from "../../publishing/local-actions.ts";
import { UsageError } from "../../user-error.ts";
import { readRemotes, type Remote } from "../git/read-remotes.ts";
import { findByPattern, isPattern } from "../terminal/find-by-pattern.ts";

/** A repository's workflows and actions, as a folder holds them. */
export interface Checkout {
  /** Who its repository may belong to; none where its remotes do not say. */
  readonly owners: readonly string[];
  readonly remotes: readonly Remote[];
  readonly files: readonly CheckoutFile[];
  /** Files that were asked for and cannot be read. */
  readonly unread: readonly {
    readonly place: string;
    readonly reason: string;
    readonly fix: string;
  }[];
}

export interface CheckoutFile {
  /** Where GitHub looks for it, from the repository's root, with slashes. */
  readonly path: string;
  /** Relative to the current folder. */
  readonly place: string;
  readonly text: string;
  /** Whether it is one of those to repair, and not only read because others use it. */
  readonly asked: boolean;
}

/** More than any workflow has. */
const mostBytes = 1024 * 1024;

const workflowFolder = ".github/workflows";

/**
 * The checkouts that paths belong to, each with all of its workflows and actions, because they call each
 * other.
 *
 * @param paths files, folders of workflow files, checkouts, or patterns; the current folder if none
 * @returns also those of the paths at which there are no workflow files
 * @throws {UsageError} a path that does not exist
 */
export async function readCheckouts(
  paths: readonly string[],
): Promise<{ checkouts: Checkout[]; empty: string[] }> {
  const found = await Promise.all(
    (paths.length > 0 ? paths : [workflowFolder]).map(async (path) => ({
      path,
      files: await filesAt(path),
    })),
  );
  const roots = new Map<string, Placed[]>();
  for (const file of new Set(found.flatMap(({ files }) => files))) {
    const place = await placeOf(file);
    roots.set(place.root, [...(roots.get(place.root) ?? []), { file, ...place }]);
  }
  return {
    checkouts: await Promise.all([...roots].map(([root, files]) => readCheckout(root, files))),
    empty: found.filter(({ files }) => files.length === 0).map(({ path }) => path),
  };
}

interface Placed {
  /** Absolute. */
  readonly file: string;
  readonly root: string;
  /** From the repository's root. */
  readonly path: string;
}

async function readCheckout(root: string, asked: readonly Placed[]): Promise<Checkout> {
  const wanted = new Map(asked.map((each) => [each.path, each]));
  const found = await workflowFiles(root);
  const all = new Map([...found.map((each) => [each.path, each] as const), ...wanted]);
  const files: CheckoutFile[] = [];
  const unread: Checkout["unread"][number][] = [];
  let waiting = [...all.values()];
  while (waiting.length > 0) {
    const read = await Promise.all(waiting.map((each) => readChecked(each.file)));
    const fresh: string[] = [];
    for (const [index, { file, path }] of waiting.entries()) {
      const result = read[index];
      const place = relative(".", file);
      if (result === undefined) continue;
      if ("text" in result) {
        files.push({ path, place, text: result.text, asked: wanted.has(path) });
        fresh.push(...localActionPaths(result.text));
      } else if (wanted.has(path)) unread.push({ place, ...result });
    }
    waiting = [...new Set(fresh)]
      .filter((path) => !all.has(path))
      .map((path) => ({ path, root, file: join(root, path) }));
    for (const each of waiting) all.set(each.path, each);
  }
  const remotes = await readRemotes(root);
  const owners = new Set(remotes.map(({ owner }) => owner));
  return { owners: [...owners], remotes, files, unread };
}

/** The workflow files of a checkout. */
async function workflowFiles(root: string): Promise<Placed[]> {
  const files = await yamlIn(join(root, workflowFolder));
  return files.map((file) => ({ path: `${workflowFolder}/${basename(file)}`, root, file }));
}

type Read = { readonly text: string } | { readonly reason: string; readonly fix: string };

/** `undefined` where there is no such file. */
async function readChecked(file: string): Promise<Read | undefined> {
  try {
    const kind = await lstat(file);
    if (kind.isSymbolicLink())
      return { reason: "this is a symbolic link", fix: "name the file that it points to" };
    if (!kind.isFile()) return { reason: "this is not a file", fix: "name a workflow file" };
    if (kind.size > mostBytes)
      return { reason: "this is larger than 1 MiB", fix: "name a workflow file" };
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      await readFile(file),
    );
    return { text };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA")
      return { reason: "this is not UTF-8 text", fix: "save the file as UTF-8" };
    if (code === "EACCES" || code === "EPERM")
      return { reason: "you are not allowed to read this", fix: "change the file's mode" };
    return { reason: `this cannot be read (${code ?? "unknown error"})`, fix: "look at the file" };
  }
}

/**
 * The workflows to repair: not the actions, which are repaired where a workflow uses them. `check` reads
 * places differently: here a folder without workflows is no error, because a loop over clones contains such,
 * and a link is kept, to be reported instead of repaired.
 *
 * @returns absolute paths
 */
async function filesAt(path: string): Promise<string[]> {
  const kind = await stat(path).catch(() => undefined);
  if (!kind && isPattern(path)) {
    const matches = (await findByPattern(path)).filter((match) => /\.ya?ml$/.test(match));
    if (matches.length > 0) return matches.map((match) => resolve(match));
    throw new UsageError(`${path}: no YAML file matches this pattern`);
  }
  const link = await lstat(path).catch(() => undefined);
  if (!link)
    throw new UsageError(
      `${path}: there is no such file or folder; name a workflow file, a folder of them, or a checkout`,
    );
  if (!kind?.isDirectory()) return [resolve(path)];
  const folder = resolve(path);
  const checkout = basename(folder) === ".github" ? dirname(folder) : folder;
  const [own, below] = await Promise.all([yamlIn(folder), yamlIn(join(checkout, workflowFolder))]);
  return below.length > 0 ? below : own;
}

/** Not folders, whatever their names: GitHub looks into none. */
async function yamlIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => /\.ya?ml$/.test(entry.name) && !entry.isDirectory())
    .map(({ name }) => join(folder, name));
}

/** Which repository a file belongs to, and where in it GitHub would look for it. */
async function placeOf(file: string): Promise<{ root: string; path: string }> {
  const folder = dirname(file);
  if (folder.split(sep).slice(-2).join("/") === workflowFolder)
    return { root: dirname(dirname(folder)), path: `${workflowFolder}/${basename(file)}` };
  if (/^action\.ya?ml$/.test(basename(file))) {
    const root = (await rootAbove(folder)) ?? folder;
    return { root, path: relative(root, file).split(sep).join("/") };
  }
  // A loose file is read as if it stood where workflows do.
  return { root: folder, path: `${workflowFolder}/${basename(file)}` };
}

async function rootAbove(folder: string): Promise<string | undefined> {
  const names: string[] = await readdir(folder).catch(() => []);
  if (names.includes(".github") || names.includes(".git")) return folder;
  return dirname(folder) === folder ? undefined : rootAbove(dirname(folder));
}
