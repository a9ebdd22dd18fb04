import { gitBlobId } from "../../github/contents/git-blob-id.ts";
import type { FileStatus } from "./fleet-status.ts";

/**
 * Compares the workflow folder with the rendered files by git blob ids; nothing is downloaded.
 *
 * @param rendered path to text
 * @param found path to blob id
 * @param urlOf the page of a path
 */
export function fileStatus(
  rendered: Readonly<Record<string, string>>,
  found: ReadonlyMap<string, string>,
  urlOf: (path: string) => string,
): FileStatus[] {
  const managed = Object.entries(rendered).map(([path, text]): FileStatus => {
    const blob = found.get(path) ?? null;
    const same = blob === gitBlobId(text);
    const state = blob === null ? "missing" : same ? "in-sync" : "edited";
    return { path, state, blob, url: urlOf(path) };
  });
  return [...managed, ...others(new Set(Object.keys(rendered)), found, urlOf)];
}

/**
 * The same for a repository whose own workflows are repaired: whether those that publish are as a repair
 * leaves them.
 *
 * @param publishing paths of the workflows that publish
 * @param edited paths of those that a repair would change
 */
export function repairStatus(
  publishing: ReadonlySet<string>,
  edited: ReadonlySet<string>,
  found: ReadonlyMap<string, string>,
  urlOf: (path: string) => string,
): FileStatus[] {
  const managed = [...publishing].map((path): FileStatus => {
    const blob = found.get(path) ?? null;
    return { path, state: edited.has(path) ? "edited" : "in-sync", blob, url: urlOf(path) };
  });
  return [...managed, ...others(publishing, found, urlOf)];
}

function others(
  managed: ReadonlySet<string>,
  found: ReadonlyMap<string, string>,
  urlOf: (path: string) => string,
): FileStatus[] {
  return [...found]
    .filter(([path]) => !managed.has(path) && /\.ya?ml$/.test(path))
    .map(([path, blob]): FileStatus => ({ path, state: "extra", blob, url: urlOf(path) }));
}
