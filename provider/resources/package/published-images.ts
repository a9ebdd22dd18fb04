import type { z } from "zod";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import type { RepositorySnapshot } from "../../../src/github/repositories/repository-snapshot.ts";
import {
  type packageAccessProperties,
  type UnnamedImage,
} from "../../../src/properties/package-access.ts";
import { repairOnce, repairVersion } from "../../../src/publishing/decide-workflows.ts";
import { packagesOf } from "../../../src/publishing/package-names.ts";
import { readPublications } from "../../../src/publishing/read-publications.ts";
import { isFromTemplate } from "../../../src/publishing/templates/template.ts";
import { pick, type Properties } from "../../protocol/property-values.ts";
import type { RepositorySnapshots } from "../repository-snapshots.ts";
import { repairOptions } from "../workflow-files/repairs.ts";
import { idsOf, isUnchanged, workflowIds } from "../workflow-files/workflow-ids.ts";
import type { WorkflowTexts } from "../workflow-files/workflow-texts.ts";

type PackageArgs = Omit<z.output<typeof packageAccessProperties.args>, "credential">;

/** What a repository publishes, and what the next look needs so that it reads nothing again. */
export interface PublishedImages {
  readonly images: readonly string[];
  readonly addImages?: readonly string[];
  readonly unnamed?: readonly UnnamedImage[];
  readonly foreign?: readonly string[];
  readonly workflows?: Readonly<Record<string, string>>;
  readonly reader?: string;
}

export interface ImageSource {
  readonly github: GitHubClient;
  readonly snapshots: RepositorySnapshots;
  readonly texts: WorkflowTexts;
}

/**
 * The packages to verify: those that the repository's own workflows push, or the declared one where the
 * templates publish, or nothing does.
 *
 * @param olds inputs of the last look
 */
export async function findImages(
  source: ImageSource,
  args: PackageArgs,
  olds: Properties,
): Promise<PublishedImages> {
  const { image, images, addImages } = args;
  const declared = withAdded([image], addImages);
  if (images) return withAdded(images, addImages);
  const snapshot = await snapshotOf(source, args);
  if (!snapshot || !args.publishing || isTemplated(args.publishing, snapshot)) return declared;
  const { publishing, owner, repository } = args;
  const options = repairOptions({ owner, repository }, publishing);
  const reader = JSON.stringify([repairVersion, options.secret, options.replaceSecrets]);
  const before = olds as Partial<PublishedImages> & { readonly image?: string };
  const isSame =
    before.reader === reader &&
    before.image === image &&
    JSON.stringify(before.addImages ?? []) === JSON.stringify(addImages);
  if (isSame && (await isUnchanged(source.github, before, snapshot))) {
    return { images: [image], ...pick(olds, foundNames) };
  }
  const present = await source.texts.get(
    snapshot,
    before.workflows === undefined ? "fleet" : "guess",
  );
  const { mode } = publishing;
  const repaired = mode === "none" ? [] : repairOnce(present.texts, options);
  const texts = new Map(repaired.map(({ path, text }) => [path, text]));
  const look = { workflows: idsOf(snapshot, present, texts), reader };
  const publications = readPublications(present.texts, options);
  const isOurs = ({ path }: { path: string }) => isFromTemplate(present.texts[path] ?? "");
  if (publications.length === 0 || (mode === "auto" && publications.every(isOurs))) {
    return { ...declared, ...look };
  }
  const { names, foreign, unknown } = packagesOf(owner, publications);
  return {
    ...withAdded(names, addImages),
    ...(unknown.length > 0 && {
      unnamed: unknown.map(({ path: file, job, written }) => ({ file, job, written })),
    }),
    ...(foreign.length > 0 && { foreign }),
    ...look,
  };
}

const foundNames = ["images", "addImages", "unnamed", "foreign", "workflows", "reader"];

function withAdded(
  images: readonly string[],
  addImages: readonly string[],
): Pick<PublishedImages, "images" | "addImages"> {
  const all = [...new Set([...images, ...addImages])];
  return { images: all, ...(addImages.length > 0 && { addImages }) };
}

/** A repository that is gone, or has no such branch, is reported with its workflow files. */
async function snapshotOf(
  { snapshots }: ImageSource,
  { owner, repository, publishing }: PackageArgs,
): Promise<RepositorySnapshot | undefined> {
  if (!publishing || publishing.mode === "template") return undefined;
  const snapshot = await snapshots.get({ owner, repository, branch: publishing.branch });
  return snapshot?.head === undefined ? undefined : snapshot;
}

/** Whether the branch holds the templates as they are, or no workflow: then no text has to be read. */
function isTemplated(
  { mode, files }: NonNullable<PackageArgs["publishing"]>,
  snapshot: RepositorySnapshot,
): boolean {
  if (Object.keys(workflowIds(snapshot)).length === 0) return true;
  return (
    mode === "auto" &&
    Object.entries(files).every(([path, text]) => snapshot.workflows.get(path) === gitBlobId(text))
  );
}
