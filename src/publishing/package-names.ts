import type { ImageName, Publication } from "./publication.ts";

export interface PackageNames {
  /** Packages of the owner: "api" for ghcr.io/acme/api; sorted. */
  readonly names: readonly string[];
  /** Images of other owners: "ghcr.io/other/api". */
  readonly foreign: readonly string[];
  /** Those whose name only the run knows, each with the job that pushes it. */
  readonly unknown: readonly UnknownImage[];
}

export interface UnknownImage {
  /** File of the job, from the repository's root. */
  readonly path: string;
  /** Line of the job, from 1. */
  readonly line: number;
  readonly job: string;
  /** The name as written: "ghcr.io/${{ vars.NAME }}"; empty where the file has none. */
  readonly written: string;
}

/** The packages that publications push to, as far as the files say. */
export function packagesOf(
  registry: string,
  owner: string,
  publications: readonly Publication[],
): PackageNames {
  const own = `${registry}/${owner.toLowerCase()}/`;
  const none: ImageName = { written: "" };
  const images = publications.flatMap(({ path, line, job, images: found }) =>
    (found.length > 0 ? found : [none]).map(({ written, name }) => ({
      place: { path, line, job, written },
      name: name?.toLowerCase() ?? "",
    })),
  );
  const known = images.filter(({ name }) => complete.test(name)).map(({ name }) => name);
  const unknown = images.filter(({ name }) => !complete.test(name)).map(({ place }) => place);
  return {
    names: sorted(known.flatMap((name) => (name.startsWith(own) ? [name.slice(own.length)] : []))),
    foreign: sorted(known.filter((name) => !name.startsWith(own))),
    unknown: [...new Map(unknown.map((each) => [JSON.stringify(each), each])).values()],
  };
}

/** A name with its registry, and nothing in it that a shell would replace. */
const complete = /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*){2,}$/;

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
