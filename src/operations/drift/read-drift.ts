import { waitsForMerge } from "../../format-text.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import {
  readNewestPullRequests,
  readPullRequestState,
  type PullRequestState,
} from "../../github/pull-requests/pull-request-state.ts";
import type { FilesRecord, SharedWorkflowRecord, StackRecord } from "../../stack/stack-record.ts";
import { desiredRecord } from "./desired-record.ts";
import { driftKinds, type DriftFinding, type DriftKind } from "./drift-finding.ts";
import { readCentralDrift } from "./central-drift.ts";
import { readFileDrift, readSharedWorkflowDrift, type SecretUse } from "./file-drift.ts";
import { findActors } from "./find-actors.ts";
import { findGone } from "./gone-repositories.ts";
import { readPackageDrift } from "./package-drift.ts";
import {
  createDriftReader,
  createFleetReading,
  type DriftReader,
  type FleetReading,
} from "./drift-reader.ts";
import { readSecretDrift, readShadows, readStraySecrets } from "./secret-drift.ts";
import { readHidingVariables, readSettingsDrift } from "./settings-drift.ts";

export interface DriftSource {
  readonly owner: string;
  readonly expected: SecretUse;
  /** The configured fleet; without it, GitHub is compared with the state. */
  readonly fleet: Fleet | undefined;
  readonly record: StackRecord;
  /** Authenticated as the administrator. */
  readonly github: GitHubClient;
  /** base64 SHA-256 of the administrator's token. */
  readonly ownToken: string | undefined;
  /** ISO-8601, by GitHub's clock. */
  readonly now: string;
  /** Whether variables of repositories are looked for that hide the organisation's. */
  readonly readsVariables?: boolean;
  /** Where others read the same, too. */
  readonly reading?: FleetReading;
}

export interface Drift {
  /** By repository, the organisation first. */
  readonly findings: readonly DriftFinding[];
  /** What could not be read, and why. */
  readonly unread: readonly string[];
  /** The fleet's own pull requests that wait for a merge: no drift. */
  readonly waiting: readonly string[];
  /** The resources whose files are in an open pull request of the fleet: urn to its URL. */
  readonly offers: ReadonlyMap<string, string>;
  /** What became of the fleet's pull requests that the state has as open, by URL. */
  readonly pullRequests: ReadonlyMap<string, PullRequestState>;
}

/**
 * The differences between GitHub and the fleet, for everything that an update has applied. Nothing is
 * written, and the engine is not needed: files and packages are read in batches, and each repository
 * costs about five requests.
 *
 * @throws {UserError} GitHub refuses the admin token, or cannot be reached
 */
export async function readDrift({
  owner,
  expected,
  fleet,
  record,
  github,
  ownToken,
  now,
  readsVariables = false,
  reading = createFleetReading(github, owner),
}: DriftSource): Promise<Drift> {
  const reader = createDriftReader(github, owner, fleet, reading);
  const pullRequests = await readPullRequests(reader, record);
  const known = withMerged(record, pullRequests);
  const desired = fleet ? desiredRecord(fleet, known) : known;
  const { findings: files, gone } = await readFileDrift(
    reader,
    desired.files,
    known.files,
    desired.sharedWorkflows,
    expected,
  );
  const present = withoutRepositories(desired, gone);
  const stays = new Set(desired.files.map(({ urn }) => urn));
  const left = record.files.filter(({ urn }) => !stays.has(urn));
  const found = await Promise.all([
    findGone(reader, left),
    readSharedWorkflowDrift(reader, desired.sharedWorkflows, known.sharedWorkflows),
    readCentralDrift(reader, desired),
    readSecretDrift(reader, present.secrets, gone),
    readShadows(reader, present, gone),
    readStraySecrets(reader, present.files, expected.secret, gone),
    readsVariables ? readHidingVariables(reader, present, gone) : [],
    readPackageDrift(reader, present.packages, expected.registry),
    readSettingsDrift(reader, present),
  ]);
  const all = [...files, ...found.flat()];
  const named = await reader.attempt(
    `find the actors in the audit log of ${owner}`,
    () => findActors(reader, all, { now, ownToken }),
    all,
  );
  const offered = [...record.files, ...record.sharedWorkflows].flatMap(
    ({ urn, pullRequestUrl: url }) =>
      url !== undefined && (pullRequests.get(url)?.state ?? "OPEN") === "OPEN"
        ? [[urn, url] as const]
        : [],
  );
  const open = [...reader.waiting].filter(([, url]) => pullRequests.get(url)?.state !== "CLOSED");
  const waiting = open.map(([name, url]) => `${name}: ${waitsForMerge(url)} ${url}`).sort();
  return {
    findings: named.sort(inOrder),
    unread: reader.unread,
    waiting,
    offers: new Map(offered),
    pullRequests,
  };
}

async function readPullRequests(
  { github, owner, pace }: DriftReader,
  { files, sharedWorkflows }: StackRecord,
): Promise<ReadonlyMap<string, PullRequestState>> {
  const offered = files.filter(({ pullRequestUrl }) => pullRequestUrl !== undefined);
  const newest = await readNewestPullRequests(
    github,
    owner,
    offered.map(({ repository }) => repository),
  );
  // It comes from a branch of its own.
  const shared = sharedWorkflows.map(async ({ repository, pullRequestUrl: url }) => {
    if (url === undefined) return [];
    const read = () => readPullRequestState(github, owner, { repository, url });
    return pace(read).then(
      (state) => [[url, state] as const],
      () => [],
    );
  });
  return new Map([...newest, ...(await Promise.all(shared)).flat()]);
}

/** After the merge, what differs from it was changed by hand: also what it replaced, if that is there again. */
function withMerged(
  record: StackRecord,
  pullRequests: ReadonlyMap<string, PullRequestState>,
): StackRecord {
  const asMerged = <T extends FilesRecord | SharedWorkflowRecord>(each: T): T =>
    pullRequests.get(each.pullRequestUrl ?? "")?.state === "MERGED"
      ? { ...each, pullRequestUrl: undefined, left: { ...each.left, ...each.offered } }
      : each;
  return {
    ...record,
    files: record.files.map(asMerged),
    sharedWorkflows: record.sharedWorkflows.map(asMerged),
  };
}

/** A repository that is gone is reported once, not with each of its resources. */
function withoutRepositories(record: StackRecord, gone: ReadonlySet<string>): StackRecord {
  const stays = ({ repository }: { readonly repository: string | undefined }) =>
    repository === undefined || !gone.has(repository);
  return {
    ...record,
    secrets: record.secrets.filter(({ place }) => place.scope === "organization" || stays(place)),
    packages: record.packages.filter(stays),
    variables: record.variables.filter(stays),
    workflowPermissions: record.workflowPermissions.filter(stays),
    actionsPermissions: record.actionsPermissions.filter(stays),
    environments: record.environments.filter(stays),
  };
}

const order = Object.keys(driftKinds) as DriftKind[];

function inOrder(a: DriftFinding, b: DriftFinding): number {
  return (
    (a.repository ?? "").localeCompare(b.repository ?? "", "en") ||
    order.indexOf(a.kind) - order.indexOf(b.kind) ||
    a.subject.localeCompare(b.subject, "en")
  );
}
