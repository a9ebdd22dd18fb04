import type { FileCommit } from "../../../src/github/contents/commit-files.ts";
import { managedNote } from "../../../src/github/contents/managed-note.ts";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import {
  workflowFolder,
  type RepositorySnapshot,
} from "../../../src/github/repositories/repository-snapshot.ts";

/** Path to text. */
export type Files = Readonly<Record<string, string>>;

/** Path to git's blob id. */
export type Blobs = Readonly<Record<string, string>>;

export function blobsOf(files: Files): Blobs {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, gitBlobId(text)]));
}

/** Where files belong. */
export interface FilesPlace {
  readonly owner: string;
  readonly repository: string;
  readonly branch: string;
}

/** What has to be written so that a branch holds the files, and what a person should know. */
export interface FilePlan {
  /** The commit that the plan was made for. */
  readonly head: string;
  readonly additions: Files;
  readonly deletions: readonly string[];
  /** No longer wanted, but edited by somebody else. */
  readonly kept: readonly string[];
  /** Path to blob id of text that somebody else wrote and that the plan replaces. */
  readonly replaces: Readonly<Record<string, string>>;
}

/**
 * Compares the files with what the branch holds, by git's blob ids.
 *
 * @param written path to blob id as this resource left the branch; files that are in it and no
 *   longer wanted go, unless somebody edited them
 */
export function planFiles(
  snapshot: Pick<RepositorySnapshot, "head" | "workflows">,
  wanted: Files,
  written: Blobs,
): FilePlan {
  const additions: Record<string, string> = {};
  const replaces: Record<string, string> = {};
  for (const [path, text] of Object.entries(wanted)) {
    const present = snapshot.workflows.get(path);
    if (present === gitBlobId(text)) continue;
    additions[path] = text;
    if (present !== undefined && present !== written[path]) replaces[path] = present;
  }
  const unwanted = Object.keys(written).filter(
    (path) => !(path in wanted) && snapshot.workflows.has(path),
  );
  const isOurs = (path: string) => snapshot.workflows.get(path) === written[path];
  return {
    head: snapshot.head ?? "",
    additions,
    deletions: unwanted.filter(isOurs),
    kept: unwanted.filter((path) => !isOurs(path)),
    replaces,
  };
}

export function isEmptyPlan({ additions, deletions }: FilePlan): boolean {
  return Object.keys(additions).length === 0 && deletions.length === 0;
}

export function toCommit({ owner, repository, branch }: FilesPlace, plan: FilePlan): FileCommit {
  const { head, additions, deletions } = plan;
  return {
    owner,
    repository,
    branch,
    expectedHead: head,
    headline: headlineOf(plan),
    body: managedNote,
    additions,
    deletions,
  };
}

function headlineOf({ additions }: FilePlan): string {
  const names = Object.keys(additions).map((path) => path.slice(workflowFolder.length + 1));
  return names.length > 0
    ? `ci: publish to GHCR with the fleet's workflows (${names.join(", ")})`
    : "ci: remove the fleet's workflows";
}
