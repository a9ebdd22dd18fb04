import { explaining } from "../github/explain-failure.ts";
import { gitBlobId } from "../github/git-blob-id.ts";
import { readLastCommit, type LastCommit } from "../github/last-commit.ts";
import { managedNote } from "../github/managed-note.ts";
import { readTextFiles } from "../github/read-text-files.ts";
import {
  readRepositories,
  workflowFolder,
  type RepositorySnapshot,
} from "../github/repository-snapshot.ts";
import type { FilesRecord } from "../stack/stack-record.ts";
import type { DriftFinding } from "./drift-finding.ts";
import type { Reading } from "./reading.ts";

export interface SecretUse {
  /** Name of the fleet's secret. */
  readonly secret: string;
  /** Other workflow files that may use it: `nightly.yml`. */
  readonly workflows: readonly string[];
}

/**
 * Workflow files that are not as the fleet wants them, and others that use its secret. Blob ids of a
 * hundred repositories come with one query; only what differs is looked into.
 *
 * @param written the same, as the stack's state knows them
 * @param expected name of the fleet's secret, and the other workflow files that may use it
 */
export async function readFileDrift(
  reading: Reading,
  records: readonly FilesRecord[],
  written: readonly FilesRecord[],
  expected: SecretUse,
): Promise<{ findings: DriftFinding[]; gone: ReadonlySet<string> }> {
  const { github, owner } = reading;
  const requests = records.map(({ repository, branch }) => ({ name: repository, branch }));
  const snapshots = await explaining(`read the repositories of ${owner}`, () =>
    readRepositories(github, owner, requests),
  );
  const gone = new Set<string>();
  const found = await Promise.all(
    records.map(async (record, index) => {
      const snapshot = snapshots[index];
      const reason = whyGone(snapshot, record);
      if (reason !== undefined || !snapshot) {
        gone.add(record.repository);
        return [repositoryGone(record, reason ?? "cannot be seen")];
      }
      return reading.attempt(`read the workflow files of ${owner}/${record.repository}`, () =>
        compareFiles(
          reading,
          record,
          written.find(({ urn }) => urn === record.urn),
          snapshot,
          expected,
        ),
      );
    }),
  );
  return { findings: found.flat(), gone };
}

function whyGone(
  snapshot: RepositorySnapshot | undefined,
  { branch }: FilesRecord,
): string | undefined {
  if (!snapshot) return "was renamed or deleted, or the admin token may not see it";
  if (snapshot.archived) return "was archived";
  return snapshot.head === undefined ? `has no branch ${branch} any more` : undefined;
}

function repositoryGone({ owner, repository }: FilesRecord, reason: string): DriftFinding {
  return {
    kind: "repository-gone",
    repository,
    subject: repository,
    text: `${owner}/${repository} ${reason}`,
    actor: null,
    at: null,
    url: null,
    repair: { by: "person", step: "see with `ghcr-fleet preview` what an update makes of it" },
  };
}

async function compareFiles(
  reading: Reading,
  record: FilesRecord,
  written: FilesRecord | undefined,
  { workflows, head = "" }: RepositorySnapshot,
  { secret, workflows: allowed }: SecretUse,
): Promise<DriftFinding[]> {
  const { repository, files, pullRequestUrl } = record;
  const differing = Object.keys(files).filter(
    (path) => workflows.get(path) !== gitBlobId(files[path] ?? ""),
  );
  // Files that were proposed and are not merged yet are on their way.
  const drifted = pullRequestUrl === undefined ? differing : [];
  const others = [...workflows.keys()].filter(
    (path) =>
      !Object.hasOwn(files, path) &&
      /\.ya?ml$/.test(path) &&
      !allowed.includes(path.slice(workflowFolder.length + 1)),
  );
  const place = { owner: reading.owner, repository, revision: head };
  const texts = await reading.pace(() => readTextFiles(reading.github, place, others));
  const added = others.filter((path) => usesSecret(texts[path] ?? "", secret));
  const found = await Promise.all([
    ...drifted.map(async (path) => {
      const blob = workflows.get(path);
      const commit = await reading.pace(() => readLastCommit(reading.github, record, path));
      if (awaitsUpdate(blob, written?.files[path], commit)) return [];
      return [describe(record, path, blob === undefined ? "file-deleted" : "file-edited", commit)];
    }),
    ...added.map(async (path) => {
      const commit = await reading.pace(() => readLastCommit(reading.github, record, path));
      return [describe(record, path, "file-added", commit)];
    }),
  ]);
  return found.flat();
}

/**
 * Whether a file is as the stack knows it, and the configuration has moved on: then the next update
 * writes it. The same shows after a refresh has taken somebody's edit into the state; the last
 * commit tells the two apart.
 */
function awaitsUpdate(
  blob: string | undefined,
  written: string | undefined,
  commit: LastCommit | undefined,
): boolean {
  const asKnown = blob === (written === undefined ? undefined : gitBlobId(written));
  return asKnown && (commit === undefined || commit.message.includes(managedNote));
}

/** By name, or with all the others. */
function usesSecret(text: string, secret: string): boolean {
  return (
    new RegExp(`secrets\\.${secret}\\b`, "i").test(text) ||
    /toJSON\(\s*secrets\s*\)|secrets\[|secrets:\s*inherit/i.test(text)
  );
}

function describe(
  { owner, repository, urn }: FilesRecord,
  path: string,
  kind: "file-edited" | "file-deleted" | "file-added",
  commit: LastCommit | undefined,
): DriftFinding {
  const isAdded = kind === "file-added";
  const verb = kind === "file-edited" ? "was edited" : "was deleted";
  return {
    kind,
    repository,
    subject: path,
    text: isAdded
      ? `${path} of ${owner}/${repository} uses the secret, and is not the fleet's`
      : `${path} of ${owner}/${repository} ${verb}`,
    actor: commit?.author ?? null,
    at: commit?.at ?? null,
    url: commit?.url ?? null,
    repair: isAdded
      ? { by: "person", step: "delete it, or name it in fleet.audit.workflows if it may" }
      : { by: "update", urn },
  };
}
