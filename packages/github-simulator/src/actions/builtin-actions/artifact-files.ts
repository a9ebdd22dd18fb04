import { dirname, relative, sep } from "node:path";
import { globFiles } from "../action/glob-files.ts";

/** Files to upload, and the folder at which their paths inside the artifact start. */
export interface ArtifactFiles {
  readonly files: readonly string[];
  readonly root: string;
}

/**
 * Finds what the input `path` of actions/upload-artifact names.
 * @see https://github.com/actions/upload-artifact/blob/main/src/shared/search.ts
 */
export function findArtifactFiles(
  workspace: string,
  patterns: readonly string[],
  hidden: boolean,
): ArtifactFiles {
  const { files, searchPaths } = globFiles(workspace, patterns);
  const isHidden = (file: string): boolean =>
    relative(workspace, file)
      .split(sep)
      .some((part) => part.startsWith(".") && part !== "..");
  const shown = files.filter((file) => hidden || !isHidden(file));
  return { files: shown, root: rootOf(searchPaths, shown) };
}

/** Several places share their common parent folder; a single named file keeps only its name. */
function rootOf([first = sep, ...others]: readonly string[], files: readonly string[]): string {
  if (others.length > 0) return commonFolder([first, ...others]);
  return files.length === 1 && files[0] === first ? dirname(first) : first;
}

function commonFolder(paths: readonly string[]): string {
  const [first = [], ...rest] = paths.map((path) => path.split(sep));
  const length = first.findIndex((part, index) => rest.some((other) => other[index] !== part));
  return first.slice(0, length < 0 ? first.length : length).join(sep) || sep;
}
