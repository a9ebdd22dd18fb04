import { packagesOf } from "./package-names.ts";
import type { Publication } from "./publication.ts";
import { isFromTemplate } from "./templates/template.ts";

/** What the fleet says about a repository's images, and how the repository publishes. */
export interface ImageQuestion {
  /** Host of the registry: "ghcr.io". */
  readonly registry: string;
  readonly owner: string;
  /** What the templates publish. */
  readonly declared: readonly string[];
  readonly images: {
    readonly instead: readonly string[] | undefined;
    readonly add: readonly string[];
  };
  /** `auto` if nothing is decided yet: then the files decide. */
  readonly mode: "auto" | "repair" | "template" | "none";
  readonly publications: readonly Publication[];
  /** Path to text of the workflows. */
  readonly texts: Readonly<Record<string, string>>;
}

export interface VerifiedImages {
  /** Packages, without their owner. */
  readonly images: readonly string[];
  /** Those whose name only the run knows. */
  readonly unnamed: readonly {
    readonly file: string;
    readonly job: string;
    readonly written: string;
  }[];
  /** Images of other owners: "ghcr.io/other/api". */
  readonly foreign: readonly string[];
}

/**
 * The images of a repository that count: those that the fleet names, else those that its own workflows push,
 * or the declared ones where the templates publish, or nothing does.
 */
export function verifiedImages(question: ImageQuestion): VerifiedImages {
  const { registry, owner, declared, images, mode, publications, texts } = question;
  const withAdded = (names: readonly string[]) => [...new Set([...names, ...images.add])];
  const areTemplates =
    mode === "template" ||
    (mode === "auto" && publications.every(({ path }) => isFromTemplate(texts[path] ?? "")));
  if (images.instead || areTemplates || publications.length === 0) {
    return { images: withAdded(images.instead ?? declared), unnamed: [], foreign: [] };
  }
  const { names, unknown, foreign } = packagesOf(registry, owner, publications);
  const unnamed = unknown.map(({ path: file, job, written }) => ({ file, job, written }));
  return { images: withAdded(names), unnamed, foreign };
}
