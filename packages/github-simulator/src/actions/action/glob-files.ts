import { readdirSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import picomatch from "picomatch";

export interface FoundFiles {
  /** Absolute, in the order in which the toolkit walks through folders, hidden ones too. */
  readonly files: readonly string[];
  /** Where the search begins: the part of each pattern before its first wildcard; nested ones are left out. */
  readonly searchPaths: readonly string[];
}

/**
 * Files as GitHub's own actions find them: a folder means everything in it, `!` excludes, and
 * the last pattern that matches decides.
 * @param folder what relative patterns start from
 * @see https://github.com/actions/toolkit/tree/main/packages/glob
 */
export function globFiles(folder: string, patterns: readonly string[]): FoundFiles {
  const rules = patterns.map((pattern) => {
    const negated = pattern.startsWith("!");
    const whole = resolve(folder, negated ? pattern.slice(1) : pattern);
    const options = { dot: true, nobrace: true, noextglob: true, nonegate: true };
    return { negated, whole, matches: picomatch([whole, join(whole, "**")], options) };
  });
  const isWanted = (file: string): boolean =>
    rules.findLast(({ matches }) => matches(file))?.negated === false;
  const included = rules.flatMap(({ negated, whole }) => (negated ? [] : [searchPath(whole)]));
  const searchPaths = [...new Set(included)].filter(
    (path) => !included.some((other) => other !== path && path.startsWith(join(other, sep))),
  );
  return { files: searchPaths.flatMap((path) => filesBelow(path).filter(isWanted)), searchPaths };
}

function searchPath(pattern: string): string {
  const parts = pattern.split(sep);
  const wild = parts.findIndex((part) => /[*?[]/.test(part));
  return parts.slice(0, wild < 0 ? parts.length : wild).join(sep) || sep;
}

function filesBelow(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return found === undefined ? [] : [path];
  // With the separator before all other characters, a folder's files stay together.
  const order = (name: string): string => name.replaceAll(sep, "\0");
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
    .map((name) => join(path, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}
