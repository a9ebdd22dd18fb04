import type { GitHubClient } from "../../github/client/github-client.ts";
import { isGitBlobId } from "../../github/contents/git-blob-id.ts";
import { readBlobs, type BlobRequest } from "../../github/contents/read-files.ts";
import { readRepositories } from "../../github/repositories/repository-snapshot.ts";
import type { StoredTexts } from "../../github/contents/stored-texts.ts";
import { holdsFiles, repositoryOf } from "../../stack/engine-change.ts";
import { commitToCome, tagToCome } from "../../publishing/shared-pins.ts";
import type { Texts } from "./diff-files.ts";
import { isText, isUnknown } from "./diff-properties.ts";
import type { EventLog, Properties, ResourceStep } from "./event-log.ts";

/** Path to git blob id. */
type Blobs = Readonly<Record<string, string>>;

/** Texts of workflow files, which the stack's state has only as git blob ids. */
export interface FileTexts {
  /**
   * Repository to the files on its branch, where the stack would write them for the first time; the empty
   * name for those of the shared workflow. Only paths that it would write are in it.
   */
  readonly present: ReadonlyMap<string, Blobs>;
  /** Git blob id to text. */
  readonly texts: ReadonlyMap<string, string>;
}

export const noTexts: FileTexts = { present: new Map(), texts: new Map() };

/** Reads the texts that a preview compares: from this machine's runs, else from GitHub. */
export async function readFileTexts(
  github: GitHubClient,
  stored: StoredTexts,
  { planned, refreshed }: Pick<EventLog, "planned" | "refreshed">,
): Promise<FileTexts> {
  const present = await readPresent(github, planned);
  const steps = [...planned.values(), ...refreshed.values()];
  const wanted = steps.flatMap((step): BlobRequest[] => {
    const repository = repositoryWith(step);
    if (repository === undefined) return [];
    const before = filesOf(step.before?.inputs) ?? present.get(keyOf(step)) ?? {};
    const after = filesOf(step.after?.inputs) ?? {};
    const paths = Object.keys({ ...before, ...after }).filter(
      (path) => before[path] !== after[path],
    );
    const ids = paths.flatMap((path) => [before[path] ?? [], after[path] ?? []].flat());
    return ids.filter(isGitBlobId).map((blob) => ({ repository, blob }));
  });
  const texts = new Map<string, string>();
  const others: BlobRequest[] = [];
  for (const request of wanted) {
    const text = await stored.read(request.blob);
    if (text === undefined) others.push(request);
    else texts.set(request.blob, text);
  }
  const owner = steps.map(({ after, before }) => (after ?? before)?.inputs["owner"]).find(isText);
  if (owner !== undefined && others.length > 0) {
    const found = await readBlobs(github, owner, others);
    others.forEach(({ blob }, index) => {
      const text = found[index]?.text;
      if (text !== undefined) texts.set(blob, text);
    });
  }
  return { present, texts };
}

/** The texts of a `files` property, path to text. */
export function textsOf(files: unknown, { texts }: FileTexts): Texts {
  return Object.fromEntries(
    Object.entries(blobsIn(files) ?? {}).map(([path, id]) => [
      path,
      withVersionToCome(texts.get(id) ?? withoutText(id)),
    ]),
  );
}

/** Callers name a version of the shared workflow that exists only after the update. */
function withVersionToCome(text: string): string {
  return text
    .replaceAll(`@${commitToCome}`, "@<the commit that the update makes>")
    .replaceAll(new RegExp(String.raw`@${tagToCome}\b`, "g"), "@<the tag that the update makes>");
}

/** Earlier versions of the provider stored the text itself. */
function withoutText(file: string): string {
  if (isUnknown(file)) return "(not known before the update)\n";
  return isGitBlobId(file) ? `(a text that is not on GitHub any more: ${file})\n` : file;
}

async function readPresent(
  github: GitHubClient,
  planned: EventLog["planned"],
): Promise<Map<string, Blobs>> {
  const wanted = [...planned.values()].flatMap(newFiles);
  const [first] = wanted;
  if (!first) return new Map();
  const requests = wanted.map(({ repository, branch }) => ({ name: repository, branch }));
  const snapshots = await readRepositories(github, first.owner, requests);
  return new Map(
    wanted.map(({ key, files }, index) => {
      const workflows = snapshots[index]?.workflows;
      const found = Object.keys(files).flatMap((path) => {
        const id = workflows?.get(path);
        return id === undefined ? [] : [[path, id] as const];
      });
      return [key, Object.fromEntries(found)];
    }),
  );
}

/** Files that a new record would write. */
function newFiles(step: ResourceStep) {
  const { operation, after } = step;
  const repository = repositoryWith(step);
  const files = filesOf(after?.inputs);
  if (operation !== "create" || !files || repository === undefined) return [];
  const { owner, branch } = after?.inputs ?? {};
  if (typeof owner !== "string" || typeof branch !== "string") return [];
  return [{ key: keyOf(step), repository, owner, branch, files }];
}

function keyOf({ urn }: ResourceStep): string {
  return repositoryOf(urn) ?? "";
}

/** The repository that has the files; that of the shared workflow is not one of the fleet. */
export function repositoryWith({ type, urn, before, after }: ResourceStep): string | undefined {
  const own = repositoryOf(urn);
  if (own !== undefined || !holdsFiles(type)) return own;
  const { repository } = (after ?? before)?.inputs ?? {};
  return isText(repository) ? repository : undefined;
}

function filesOf(inputs: Properties | undefined): Blobs | undefined {
  return blobsIn(inputs?.["files"]);
}

function blobsIn(files: unknown): Blobs | undefined {
  if (typeof files !== "object" || files === null) return undefined;
  return Object.fromEntries(
    Object.entries(files).filter((entry): entry is [string, string] => isText(entry[1])),
  );
}
