import { explaining } from "../../github/client/explain-failure.ts";
import { readLastCommit, type LastCommit } from "../../github/contents/last-commit.ts";
import { loadTexts } from "../../github/contents/read-files.ts";
import {
  readRepositories,
  workflowFolder,
  type RepositorySnapshot,
} from "../../github/repositories/repository-snapshot.ts";
import { isExpected, secondPublishers } from "../../publishing/second-publishers.ts";
import { withLocalActions } from "../../publishing/local-actions.ts";
import { repairWorkflows } from "../../publishing/repair-workflows.ts";
import type { FilesRecord, SharedWorkflowRecord } from "../../stack/stack-record.ts";
import { broughtPins } from "./brought-pins.ts";
import type { DriftFinding } from "./drift-finding.ts";
import { judgeMissing, repositoryGone } from "./gone-repositories.ts";
import type { DriftReader } from "./drift-reader.ts";
import { isSameName } from "../../is-same-name.ts";

export interface SecretUse {
  /** Host of the registry: "ghcr.io". */
  readonly registry: string;
  /** Name of the fleet's secret. */
  readonly secret: string;
  /** Names of other workflow files that may use it: `nightly.yml`. */
  readonly workflows: readonly string[];
}

/**
 * Workflow files that differ from the fleet's, and other files that use its secret. One query reads the
 * blob ids of a hundred repositories; only files that differ are read.
 *
 * @param records the files that the fleet wants
 * @param written the files in the stack's state
 * @param sharedWorkflows what the central repository has of the fleet, also where it is one of its repositories
 * @returns also the repositories about which nothing else can be reported: gone, or not visible
 */
export async function readFileDrift(
  reader: DriftReader,
  records: readonly FilesRecord[],
  written: readonly FilesRecord[],
  sharedWorkflows: readonly SharedWorkflowRecord[],
  expected: SecretUse,
): Promise<{ findings: DriftFinding[]; gone: ReadonlySet<string> }> {
  const { github, owner } = reader;
  const requests = records.map(({ repository, branch }) => ({ name: repository, branch }));
  const snapshots = await explaining(`read the repositories of ${owner}`, () =>
    readRepositories(github, owner, requests),
  );
  const missing = records.filter((_, index) => snapshots[index] === undefined);
  const findings = await judgeMissing(reader, missing);
  const gone = new Set(missing.map(({ repository }) => repository));
  const found = await Promise.all(
    records.map(async (record, index) => {
      const snapshot = snapshots[index];
      if (!snapshot) return [];
      const reason = whyGone(snapshot, record);
      if (reason !== undefined) {
        gone.add(record.repository);
        return [repositoryGone(record, reason)];
      }
      return reader.attempt(`read the workflow files of ${owner}/${record.repository}`, () =>
        compareFiles(
          reader,
          record,
          written.find(({ urn }) => urn === record.urn),
          snapshot,
          { ...expected, shared: pathsIn(sharedWorkflows, record), central: sharedWorkflows[0] },
        ),
      );
    }),
  );
  return { findings: [...findings, ...found.flat()], gone };
}

function pathsIn(
  sharedWorkflows: readonly SharedWorkflowRecord[],
  { repository }: FilesRecord,
): string[] {
  return sharedWorkflows
    .filter((each) => isSameName(each.repository, repository))
    .flatMap(({ files }) => Object.keys(files));
}

/** The workflow that callers share: its files on the central branch, as {@link readFileDrift}. */
export function readSharedWorkflowDrift(
  reader: DriftReader,
  records: readonly SharedWorkflowRecord[],
  written: readonly SharedWorkflowRecord[],
): Promise<DriftFinding[]> {
  const { github, owner } = reader;
  return reader.attemptEach(
    records,
    ({ repository }) => `read the shared workflow of ${owner}/${repository}`,
    async (record) => {
      const { repository, branch } = record;
      const [snapshot] = await readRepositories(github, owner, [{ name: repository, branch }]);
      if (!snapshot) return judgeMissing(reader, [record]);
      const reason = whyGone(snapshot, record);
      if (reason !== undefined) return [repositoryGone(record, reason)];
      const before = written.find(({ urn }) => urn === record.urn);
      return compareOwn(reader, record, before, snapshot);
    },
  );
}

function whyGone({ archived, head }: RepositorySnapshot, { branch }: OwnFiles): string | undefined {
  if (archived) return "was archived";
  return head === undefined ? `no longer has a branch ${branch}` : undefined;
}

/** Files that the stack writes whole. */
type OwnFiles = Pick<
  FilesRecord,
  | "urn"
  | "owner"
  | "repository"
  | "branch"
  | "files"
  | "left"
  | "pullRequestUrl"
  | "declined"
  | "newerPins"
> & { readonly pin?: string | undefined };

async function compareOwn(
  reader: DriftReader,
  record: OwnFiles,
  written: OwnFiles | undefined,
  { workflows, head = "" }: RepositorySnapshot,
  central?: SharedWorkflowRecord,
): Promise<DriftFinding[]> {
  const { repository, files, pullRequestUrl } = record;
  const differing = Object.keys(files).filter((path) => workflows.get(path) !== files[path]);
  // Files in an open pull request are no drift, nor are those that a person declined.
  if (pullRequestUrl !== undefined && differing.length > 0) {
    reader.reportWaiting(repository, pullRequestUrl);
  }
  if (differing.length === 0 || isOffered(record)) return [];
  const present = Object.keys(files).filter((path) => workflows.has(path));
  const texts = await loadTexts(reader.files, { repository, revision: head }, present);
  const brought = await broughtPins(reader, record, texts, central);
  const found = await Promise.all(
    differing.map(async (path) => {
      if (brought.has(path)) return [];
      const blob = workflows.get(path);
      // Only the configuration has changed: the next update writes it. The content decides, because a person who merges
      // the fleet's pull request may write another message.
      if (blob === written?.left[path]) return [];
      const commit = await reader.pace(() => readLastCommit(reader.github, record, path));
      return [describe(record, path, blob === undefined ? "file-deleted" : "file-edited", commit)];
    }),
  );
  return found.flat();
}

function isOffered({ pullRequestUrl, declined }: OwnFiles): boolean {
  return pullRequestUrl !== undefined || declined !== undefined;
}

async function compareFiles(
  reader: DriftReader,
  record: FilesRecord,
  written: FilesRecord | undefined,
  snapshot: RepositorySnapshot,
  expected: SecretUse & {
    /** Paths of the shared workflow, where this is its repository. */
    readonly shared: readonly string[];
    /** What its callers call. */
    readonly central: SharedWorkflowRecord | undefined;
  },
): Promise<DriftFinding[]> {
  const { secret, workflows: allowed, shared } = expected;
  const { repository, files, publishing } = record;
  const { workflows, head = "" } = snapshot;
  const others = [...workflows.keys()].filter(
    (path) =>
      !publishing.includes(path) &&
      !Object.hasOwn(files, path) &&
      !shared.includes(path) &&
      /\.ya?ml$/.test(path) &&
      !isExpected(path, allowed),
  );
  const read = (paths: readonly string[]) =>
    loadTexts(reader.files, { repository, revision: head }, paths);
  const texts = await read(others);
  const isRepaired = record.mode === "repair" && !isOffered(record);
  const own = isRepaired ? { ...texts, ...(await read(publishing)) } : {};
  const reverted = findReverted(record, await withLocalActions(own, read), expected);
  const added = others.filter((path) => usesSecret(texts[path] ?? "", secret));
  const second = findSecond(record, others, texts, expected).filter(
    (path) => !added.includes(path),
  );
  const differing: { path: string; kind: keyof typeof verbs; line?: number }[] = [
    ...added.map((path) => ({ path, kind: "file-added" as const })),
    ...second.map((path) => ({ path, kind: "second-publisher" as const })),
    ...reverted.map((place) => ({ ...place, kind: "login-changed" as const })),
  ];
  const found = await Promise.all([
    compareOwn(reader, record, written, snapshot, expected.central),
    ...differing.map(async ({ path, kind, line }) => {
      const commit = await reader.pace(() => readLastCommit(reader.github, record, path));
      return [describe(record, path, kind, commit, line)];
    }),
  ]);
  return found.flat();
}

/** The workflows that are not the fleet's and push the image of its templates, too. */
function findSecond(
  { owner, mode, files, images: own }: FilesRecord,
  others: readonly string[],
  texts: Readonly<Record<string, string>>,
  { registry, secret, workflows: expected }: SecretUse,
): string[] {
  if (mode !== "template" || own.length === 0) return [];
  const ours = new Set(Object.keys(files));
  const images = own.map((image) => `${registry}/${owner}/${image}`);
  return secondPublishers(others, texts, { ours, registry, images, secret, expected });
}

/**
 * Workflows and actions of the repository's own whose logins an update would repair again, each with the
 * first line that differs.
 */
function findReverted(
  { owner, repository, publishing, repair }: FilesRecord,
  texts: Readonly<Record<string, string>>,
  { registry, secret }: SecretUse,
): { path: string; line: number }[] {
  const options = { ...repair, registry, secret, repository: `${owner}/${repository}` };
  return repairWorkflows(texts, options).flatMap(({ path, edits }) => {
    const [edit] = edits.filter(({ kind }) => kind === "credential").concat(edits);
    const isOurs = publishing.includes(path) || !path.startsWith(`${workflowFolder}/`);
    return isOurs && edit ? [{ path, line: edit.line }] : [];
  });
}

/** By its name, or together with all secrets. */
function usesSecret(text: string, secret: string): boolean {
  return (
    new RegExp(`secrets\\.${secret}\\b`, "i").test(text) ||
    /toJSON\(\s*secrets\s*\)|secrets\[|secrets:\s*inherit/i.test(text)
  );
}

const verbs = {
  "file-edited": "was edited",
  "file-deleted": "was deleted",
  "file-added": "uses the secret, and is not a file of the fleet",
  "second-publisher": "publishes the image of the fleet's workflow, too, or has its name",
  "login-changed": "no longer logs in with the fleet's credential",
} as const;

/** What only a person can decide. */
const steps: { readonly [Kind in keyof typeof verbs]?: string } = {
  "file-added": "delete it, or name it in fleet.audit.workflows if it may use the secret",
  "second-publisher":
    "delete it, write workflows: repair for the repository, or name it in fleet.audit.workflows if both may publish",
};

function describe(
  { owner, repository, urn }: OwnFiles,
  path: string,
  kind: keyof typeof verbs,
  commit: LastCommit | undefined,
  line?: number,
): DriftFinding {
  const step = steps[kind];
  return {
    kind,
    repository,
    subject: path,
    text: `${path}${line === undefined ? "" : `:${line}`} of ${owner}/${repository} ${verbs[kind]}`,
    actor: commit?.author ?? null,
    at: commit?.at ?? null,
    url: commit?.url ?? null,
    repair: step === undefined ? { by: "update", urn } : { by: "person", step },
  };
}
