import { basename } from "node:path/posix";
import { readPublications } from "./read-publications.ts";

export interface Publisher {
  /** Paths of the templates' files, and of those that they replace. */
  readonly ours: ReadonlySet<string>;
  /** Host of the registry. */
  readonly registry: string;
  /** References of the images that they push, without a tag: `ghcr.io/acme/api`. */
  readonly images: readonly string[];
  /** Name of the Actions secret. */
  readonly secret: string;
  /** File names of workflows that may do so (`fleet.audit.workflows`): `nightly.yml`. */
  readonly expected: readonly string[];
}

/**
 * Workflows that push an image of the templates, too, or have the name of one of their files with the other
 * extension: GitHub runs both, and each overwrites the tags of the other.
 *
 * @param paths of all workflows on the branch
 * @param texts path to text, of those that may publish
 * @returns paths, sorted
 */
export function secondPublishers(
  paths: Iterable<string>,
  texts: Readonly<Record<string, string>>,
  { ours, registry, images, secret, expected }: Publisher,
): string[] {
  const stemOf = (path: string) => path.replace(/\.ya?ml$/, "");
  const stems = new Set([...ours].map(stemOf));
  const wanted = new Set(images.map((image) => image.toLowerCase()));
  const pushing = readPublications(texts, { registry, secret }).filter((each) =>
    each.images.some(({ name }) => wanted.has(name?.toLowerCase() ?? "")),
  );
  const pushed = new Set(pushing.map(({ path }) => path));
  return [...paths]
    .filter((path) => /\.ya?ml$/.test(path) && !ours.has(path) && !isExpected(path, expected))
    .filter((path) => stems.has(stemOf(path)) || pushed.has(path))
    .sort();
}

/** Whether a workflow of the repository's own is named in `fleet.audit.workflows`. */
export function isExpected(path: string, names: readonly string[]): boolean {
  return names.includes(basename(path));
}
