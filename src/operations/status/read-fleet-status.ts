import type { Fleet } from "../../fleet/fleet.ts";
import { ContainerPackages } from "../../github/packages/container-packages.ts";
import { explainFailure } from "../../github/client/explain-failure.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import type { TokenRules } from "../../github/tokens/judge-token.ts";
import { readBatches, type Outcome } from "../../github/client/read-batches.ts";
import type { ReadPace } from "../../github/client/pace/read-pace.ts";
import {
  activityBatchSize,
  readActivity,
  type RepositoryActivity,
} from "../../github/repositories/repository-activity.ts";
import {
  readRepositories,
  type RepositorySnapshot,
} from "../../github/repositories/repository-snapshot.ts";
import { readServerTime } from "../../github/client/server-time.ts";
import type { RegistryClientOptions } from "../../registry/registry-client.ts";
import type { FileLoader } from "../../github/contents/read-files.ts";
import { readBranches, type BranchReading } from "../publications/read-branches.ts";
import { stackMemory } from "./stack-memory.ts";
import { readSharedSecret } from "./read-credentials.ts";
import { readRepositoryStatus } from "./read-repository-status.ts";
import { readTokenStatus } from "./token-status.ts";
import type { UserError } from "../../user-error.ts";
import { createFleetReading } from "../drift/drift-reader.ts";
import { readDrift } from "../drift/read-drift.ts";
import type { StackRecord } from "../../stack/stack-record.ts";
import {
  statusVersion,
  type Difference,
  type Finding,
  type FleetStatus,
  type TokenStatus,
} from "./fleet-status.ts";
import type { DriftFinding } from "../drift/drift-finding.ts";

export interface StatusSource {
  readonly stack: string;
  readonly fleet: Fleet;
  /** What the last update left. */
  readonly record: StackRecord;
  /** Root of the REST API. */
  readonly baseUrl: string;
  /** Authenticated as the administrator. */
  readonly github: GitHubClient;
  /** base64 SHA-256 of the administrator's token; absent for an App. */
  readonly ownToken: string | undefined;
  /** Shared by everything that a process reads with the same token. */
  readonly pace: ReadPace;
  /** The publishing PAT, or why it cannot be read. */
  readonly pat: string | UserError | undefined;
  readonly tokenRules: TokenRules;
  /** Root of the registry, if it is to be asked whether the PAT may push each image. */
  readonly probeAt: string | undefined;
  /** Called for every wait that GitHub imposes. */
  readonly onWait?: (message: string) => void;
  readonly onProgress?: (done: number, all: number) => void;
}

/**
 * Reads the status of a fleet. Files, heads, changes, environments and pull requests take a few GraphQL queries,
 * packages one request per hundred, and the secrets, runs and images of each repository four requests,
 * paced; settings that the stack wrote take what `ghcr-fleet drift` needs for them. What cannot be read becomes a
 * finding; the rest is still read.
 *
 * @throws {UserError} GitHub refuses the admin token, or cannot be reached
 */
export async function readFleetStatus(source: StatusSource): Promise<FleetStatus> {
  const { stack, fleet, record, github, ownToken, pace, onProgress } = source;
  const { owner, secret, repositories } = fleet;
  const readAt = await readServerTime(github);
  const memory = stackMemory(record);
  const reading = createFleetReading(github, owner, pace);
  const containers = new ContainerPackages(github, fleet);
  const [token, shared, drift, packages, snapshots, activities] = await Promise.all([
    readTokenStatus({ ...source, memory, rules: source.tokenRules }),
    readSharedSecret(reading.secrets, fleet),
    readDrift({
      owner,
      expected: {
        registry: fleet.registry,
        secret: secret.name,
        workflows: fleet.expectedWorkflows,
      },
      fleet,
      record,
      github,
      ownToken,
      now: readAt,
      reading,
    }),
    outcomeOf(containers.list()),
    readSnapshots(github, fleet),
    readActivities(github, fleet),
  ]);
  const readings = await readPublishing(github, fleet, snapshots, reading.files);
  const common = {
    github,
    pace,
    commits: reading.commits,
    fleet,
    memory,
    pullRequests: drift.pullRequests,
    readAt,
    shared,
    secrets: reading.secrets,
    containers,
    packages: "value" in packages ? packages.value : undefined,
    showsAll: "value" in packages && (await containers.showsAll()),
    publisher: token.state === "live" ? token.owner : "the publisher",
    registry: registryOf(source, token),
    isPatDead: token.state === "dead",
  };
  let done = 0;
  const read = await Promise.all(
    repositories.map(async (repository, index) => {
      const [snapshot, activity] = [snapshots[index], activities[index]];
      if (!snapshot || !activity) throw new Error(`${repository.name} was not asked for`);
      const status = await readRepositoryStatus({
        ...common,
        repository,
        snapshot,
        activity,
        reading: "value" in readings ? { value: readings.value.get(repository.name) } : readings,
      });
      onProgress?.((done += 1), repositories.length);
      return status;
    }),
  );
  const findings: Finding[] = [];
  const note = (subject: Finding["subject"], text: string) => {
    // One failed request may be reported for two subjects.
    if (findings.some((each) => each.text === text)) return;
    findings.push({ subject, text, url: null });
  };
  if (shared.state === "unknown") note("credential", shared.reason);
  if ("error" in packages) {
    note("package", explainFailure(packages.error, `list the packages of ${owner}`).message);
  }
  for (const text of drift.unread) note("repository", text);
  return {
    version: statusVersion,
    stack,
    owner,
    readAt,
    secret: {
      name: secret.name,
      scope: secret.scope,
      environment: repositories.some(({ credential }) => credential === "environment")
        ? secret.environment
        : null,
    },
    token,
    isTrial: record.isTrial,
    repositories: read,
    differences: differencesOf(drift.findings, record, fleet),
    skipped: fleet.skipped.map(({ name, reason }) => ({ name, reason })),
    findings,
  };
}

/** How the repositories publish, by name. */
function readPublishing(
  github: GitHubClient,
  { owner, registry, secret, repositories }: Fleet,
  snapshots: readonly Outcome<RepositorySnapshot | undefined>[],
  files: FileLoader,
): Promise<Outcome<ReadonlyMap<string, BranchReading>>> {
  const branches = repositories.map((repository, index) => {
    const outcome = snapshots[index];
    return { repository, snapshot: outcome && "value" in outcome ? outcome.value : undefined };
  });
  return outcomeOf(readBranches(github, { owner, registry, secret: secret.name }, branches, files));
}

async function outcomeOf<Value>(reading: Promise<Value>): Promise<Outcome<Value>> {
  return reading.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function readSnapshots(
  github: GitHubClient,
  { owner, repositories }: Fleet,
): Promise<Outcome<RepositorySnapshot | undefined>[]> {
  return readBatches(repositories, 100, (batch) => readRepositories(github, owner, batch));
}

function readActivities(
  github: GitHubClient,
  { owner, repositories }: Fleet,
): Promise<Outcome<RepositoryActivity>[]> {
  return readBatches(repositories, activityBatchSize, (batch) =>
    readActivity(github, owner, batch),
  );
}

function registryOf(
  { fleet, pat, probeAt }: StatusSource,
  token: TokenStatus,
): RegistryClientOptions | undefined {
  if (probeAt === undefined || typeof pat !== "string" || token.state !== "live") return undefined;
  return {
    name: fleet.registry,
    url: probeAt,
    credential: { username: token.owner, password: pat },
  };
}

/** What `ghcr-fleet drift` finds, as the status has it. */
function differencesOf(
  findings: readonly DriftFinding[],
  { sharedWorkflows, accessLevels }: Pick<StackRecord, "sharedWorkflows" | "accessLevels">,
  { repositories }: Pick<Fleet, "repositories">,
): Difference[] {
  const central = new Set([...sharedWorkflows, ...accessLevels].map(({ urn }) => urn));
  const spelled = new Map(repositories.map(({ name }) => [name.toLowerCase(), name]));
  return findings.map(({ repository, repair, ...finding }) => ({
    ...finding,
    // Every caller uses the shared workflow.
    repository:
      repository === null || (repair.by === "update" && central.has(repair.urn))
        ? null
        : (spelled.get(repository.toLowerCase()) ?? repository),
    repair: repair.by,
    step: repair.by === "person" ? repair.step : null,
  }));
}
