import type { Fleet, FleetRepository } from "../../fleet/fleet.ts";
import type { ContainerPackage } from "../../github/packages/container-packages.ts";
import { explainFailure } from "../../github/client/explain-failure.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { readTaggedVersions } from "../../github/packages/package-versions.ts";
import type { Outcome } from "../../github/client/read-batches.ts";
import type { ReadPace } from "../../github/client/read-pace.ts";
import type { RepositoryActivity } from "../../github/audit-log/repository-activity.ts";
import type { RepositorySnapshot } from "../../github/repositories/repository-snapshot.ts";
import { readRuns } from "../../github/actions/workflow-runs.ts";
import { probePush } from "../../registry/probe-push.ts";
import type { RegistryClientOptions } from "../../registry/registry-client.ts";
import type { StackMemory } from "./stack-memory.ts";
import { renderRepository } from "../../publishing/templates/render-repository.ts";
import { classifyImages, newestOf } from "./classify-images.ts";
import { fileStatus } from "./file-status.ts";
import type {
  Credential,
  Finding,
  Image,
  PackageStatus,
  RepositoryStatus,
  Run,
} from "./fleet-status.ts";
import { packageStatus, packageName } from "./package-status.ts";
import { readCredential, type SharedSecret } from "./read-credentials.ts";

export interface RepositorySource {
  readonly github: GitHubClient;
  readonly pace: ReadPace;
  readonly fleet: Fleet;
  readonly repository: FleetRepository;
  readonly memory: StackMemory;
  /** ISO-8601 by GitHub's clock. */
  readonly readAt: string;
  readonly shared: SharedSecret;
  /** Absent where they cannot be read. */
  readonly packages: ReadonlyMap<string, ContainerPackage> | undefined;
  readonly snapshot: Outcome<RepositorySnapshot | undefined>;
  readonly activity: Outcome<RepositoryActivity>;
  /** The login that publishes. */
  readonly publisher: string;
  /** Asked whether it would accept a push, if given. */
  readonly registry: RegistryClientOptions | undefined;
}

/** Never throws: each part that cannot be read becomes a finding. */
export async function readRepositoryStatus(source: RepositorySource): Promise<RepositoryStatus> {
  const { fleet, repository, github, pace } = source;
  const { owner } = fleet;
  const { name, branch } = repository;
  const findings: Finding[] = [];
  const note = (subject: Finding["subject"], what: string) => (error: unknown) => {
    const { message: text } = explainFailure(error, `${what} of ${owner}/${name}`);
    findings.push({ subject, text, url: null });
    return undefined;
  };

  const snapshot = valueOf(source.snapshot, note("repository", "read the files"));
  const activity = valueOf(source.activity, note("files", "read the history of the files"));
  const url = activity?.url ?? `https://github.com/${owner}/${name}`;
  if ("value" in source.snapshot) findings.push(...judgeSnapshot(source, snapshot, url));

  const place = { owner, repository: name };
  const onBranch = { branch, event: "push" };
  const [credential, ci, releases, images, refusal] = await Promise.all([
    readCredential(github, pace, fleet, repository, source.shared, source).catch(
      (error: unknown): Credential => {
        note("credential", "read the secrets")(error);
        return { state: "unknown", reason: findings.at(-1)?.text ?? "" };
      },
    ),
    pace(() => readRuns(github, { ...place, file: "ci.yml", ...onBranch })).catch(
      note("runs", "read the runs of ci.yml"),
    ),
    pace(() => readRuns(github, { ...place, file: "release.yml" })).catch(
      note("runs", "read the runs of release.yml"),
    ),
    readImages(source).catch(note("images", "read the images")),
    readRefusal(source).catch(note("package", "ask whether the PAT may push the image")),
  ]);
  const runs = [...toRuns("ci", ci), ...toRuns("release", releases)].sort(newestFirst);
  return {
    name,
    url,
    visibility: snapshot?.visibility ?? repository.visibility,
    branch,
    head: snapshot?.head ?? null,
    credential,
    files: snapshot
      ? fileStatus(renderRepository(fleet, repository), snapshot.workflows, (path) =>
          encodeURI(`${url}/blob/${branch}/${path}`),
        )
      : [],
    pullRequests: (activity?.proposals ?? []).map((proposal) => ({ ...proposal })),
    package: judgePackage(source, refusal),
    ci: {
      run: runs.find(({ workflow }) => workflow === "ci") ?? null,
      image: newestOf("ci", images ?? [], branch),
    },
    release: {
      run: runs.find(({ workflow }) => workflow === "release") ?? null,
      image: newestOf("release", images ?? [], branch),
    },
    history: {
      images: (images ?? []).slice(0, newestImages),
      runs,
      changes: (activity?.changes ?? []).map(({ oid, ...change }) => ({ commit: oid, ...change })),
    },
    findings,
  };
}

/** How many images of a repository the status contains. */
const newestImages = 30;

function valueOf<T>(outcome: Outcome<T>, note: (error: unknown) => undefined): T | undefined {
  if ("value" in outcome) return outcome.value;
  note(outcome.error);
  return undefined;
}

function judgeSnapshot(
  { fleet: { owner }, repository: { name, branch } }: RepositorySource,
  snapshot: RepositorySnapshot | undefined,
  url: string,
): Finding[] {
  const finding = (text: string): Finding[] => [{ subject: "repository", text, url }];
  if (!snapshot) return finding(`${owner}/${name} is gone, or the admin token may not see it`);
  if (snapshot.head === undefined) {
    return finding(`there is no branch ${branch} in ${owner}/${name}; create it, or set branch`);
  }
  return [];
}

async function readImages({
  github,
  pace,
  fleet: { owner },
  repository,
  packages,
}: RepositorySource): Promise<Image[]> {
  if (!packages?.has(repository.image)) return [];
  const versions = await pace(() => readTaggedVersions(github, owner, repository.image));
  return classifyImages(versions, repository.branch);
}

/** @returns the registry's refusal of a push, if it was asked and refuses */
async function readRefusal({
  fleet: { owner },
  repository,
  registry,
  pace,
}: RepositorySource): Promise<string | undefined> {
  if (!registry) return undefined;
  const image = `${owner.toLowerCase()}/${repository.image}`;
  const probe = await pace(() => probePush(registry, image));
  return probe.allowed ? undefined : probe.reason;
}

function judgePackage(source: RepositorySource, refusal: string | undefined): PackageStatus {
  const { fleet, repository, packages, memory, publisher } = source;
  const { owner } = fleet;
  if (!packages) {
    const name = packageName(owner, repository);
    return { name, visibility: null, linkedTo: null, findings: [] };
  }
  return packageStatus({
    owner,
    repository,
    found: packages.get(repository.image),
    before: memory.packages.has(repository.image),
    publisher,
    refusal,
  });
}

function toRuns(
  workflow: Run["workflow"],
  runs: Awaited<ReturnType<typeof readRuns>> | undefined,
): Run[] {
  return (runs ?? []).map(({ conclusion = null, ref = null, ...run }) => ({
    workflow,
    ...run,
    conclusion,
    ref,
  }));
}

function newestFirst(a: Run, b: Run): number {
  return Date.parse(b.startedAt) - Date.parse(a.startedAt);
}
