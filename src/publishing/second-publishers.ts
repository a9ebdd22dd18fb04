import { readPublications } from "./read-publications.ts";

export interface Publisher {
  /** Paths of the templates' files, and of those that they replace. */
  readonly ours: ReadonlySet<string>;
  /** Host of the registry. */
  readonly registry: string;
  /** Reference of the image that they push, without a tag: `ghcr.io/acme/api`. */
  readonly image: string;
  /** Name of the Actions secret. */
  readonly secret: string;
}

/**
 * Workflows that push the image of the templates, too, or have the name of one of their files with the other
 * extension: GitHub runs both, and each overwrites the tags of the other.
 *
 * @param paths of all workflows on the branch
 * @param texts path to text, of those that may publish
 * @returns paths, sorted
 */
export function secondPublishers(
  paths: Iterable<string>,
  texts: Readonly<Record<string, string>>,
  { ours, registry, image, secret }: Publisher,
): string[] {
  const stemOf = (path: string) => path.replace(/\.ya?ml$/, "");
  const stems = new Set([...ours].map(stemOf));
  const wanted = image.toLowerCase();
  const pushing = readPublications(texts, { registry, secret }).filter(({ images }) =>
    images.some((each) => each.name?.toLowerCase() === wanted),
  );
  const pushed = new Set(pushing.map(({ path }) => path));
  return [...paths]
    .filter((path) => /\.ya?ml$/.test(path) && !ours.has(path))
    .filter((path) => stems.has(stemOf(path)) || pushed.has(path))
    .sort();
}
