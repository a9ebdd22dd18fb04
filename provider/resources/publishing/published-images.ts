import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import type { RepositorySnapshot } from "../../../src/github/repositories/repository-snapshot.ts";
import type { Publication } from "../../../src/publishing/publication.ts";
import { readPublications } from "../../../src/publishing/read-publications.ts";
import type { RepairOptions } from "../../../src/publishing/repair-workflows.ts";
import { verifiedImages } from "../../../src/publishing/verified-images.ts";
import type { Properties } from "../../protocol/property-values.ts";
import type { Blobs, PublishingArgs, Written } from "./inputs.ts";
import { workflowIds } from "./workflow-ids.ts";

/**
 * The packages of a repository, and which images of its workflows are not among them.
 *
 * @param texts path to text: the repository's workflows and local actions
 */
export function publishedImages(
  { owner, image, furtherImages, mode, images: instead, addImages: add }: PublishingArgs,
  texts: Readonly<Record<string, string>>,
  options: RepairOptions & { readonly registry: string },
): { readonly images: readonly string[]; readonly unclear: Properties } {
  const publications = readPublications(texts, options);
  const { registry } = options;
  const declared = [image, ...furtherImages];
  const named = { instead, add };
  const question = { registry, owner, declared, images: named, mode, publications, texts };
  const { images, unnamed, foreign } = verifiedImages(question);
  return {
    images,
    unclear: {
      ...(unnamed.length > 0 && { unnamed: unnamed.map((each) => ({ ...each })) }),
      ...(foreign.length > 0 && { foreign: [...foreign] }),
      ...(isUnlabelled(mode, publications, texts) && { unlabelled: true }),
    },
  };
}

/**
 * Whether nothing links a package to the repository: no workflow sets the label for it, as docker/metadata-action
 * does, and the job's own token, which links what it pushes, does not stay. A workflow of another repository may set
 * the label, and so may the Dockerfile and other files of the build, which are not read.
 *
 * @see https://docs.github.com/en/packages/learn-github-packages/connecting-a-repository-to-a-package
 */
function isUnlabelled(
  mode: PublishingArgs["mode"],
  publications: readonly Publication[],
  texts: Readonly<Record<string, string>>,
): boolean {
  const setsLabel = (text: string) =>
    /org\.opencontainers\.image\.source|outputs\.(?:labels|bake-file)/.test(text);
  const pushesAsJob = ({ logins }: Publication) =>
    logins.length > 0 && logins.every(({ credential }) => credential?.isToken);
  return (
    publications.length > 0 &&
    publications.every(({ call }) => call === undefined) &&
    !(mode === "none" && publications.every(pushesAsJob)) &&
    !Object.values(texts).some(setsLabel)
  );
}

/**
 * Whether the branch has the templates, those of now or of the last update, or no workflow: then no text
 * has to be read.
 */
export function isTemplated(
  snapshot: RepositorySnapshot,
  { mode, files }: PublishingArgs,
  { files: wanted = {}, blobs: written = {} }: Written,
): boolean {
  if (Object.keys(workflowIds(snapshot)).length === 0) return true;
  const known: readonly Blobs[] = [wanted, written];
  return (
    mode === "auto" &&
    Object.entries(files).every(([path, text]) => {
      const present = snapshot.workflows.get(path);
      if (present === undefined) return false;
      return present === gitBlobId(text) || known.some((ids) => ids[path] === present);
    })
  );
}
