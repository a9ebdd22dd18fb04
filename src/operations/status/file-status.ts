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
  const extra = [...found]
    .filter(([path]) => !Object.hasOwn(rendered, path) && /\.ya?ml$/.test(path))
    .map(([path, blob]): FileStatus => ({ path, state: "extra", blob, url: urlOf(path) }));
  return [...managed, ...extra];
}
