import { basename } from "node:path/posix";
import { imageAddress } from "../../image-address.ts";
import type { Fleet, FleetRepository } from "../../fleet/fleet.ts";
import type {
  ContainerPackage,
  ContainerPackages,
} from "../../github/packages/container-packages.ts";
import { explainFailure } from "../../github/client/explain-failure.ts";
import type { Outcome } from "../../github/client/read-batches.ts";
import type { PullRequestState } from "../../github/pull-requests/pull-request-state.ts";
import type { RepositoryActivity } from "../../github/repositories/repository-activity.ts";
import type { RepositorySnapshot } from "../../github/repositories/repository-snapshot.ts";
import { judgeNames } from "../../registry/judge-package.ts";
import { probePush } from "../../registry/probe-push.ts";
import type { RegistryClientOptions } from "../../registry/registry-client.ts";
import type { StackMemory } from "./stack-memory.ts";
import type { SecretReader } from "../../github/secrets/secret-reader.ts";
import type { Publication } from "../../publishing/publication.ts";
import { deployingJobs } from "../../publishing/deploys-to.ts";
import type { PublishingWorkflow } from "../../publishing/started-by.ts";
import type { PinSource } from "../drift/brought-pins.ts";
import type { BranchReading } from "../publications/read-branches.ts";
import { classifyImages, newestOf } from "./classify-images.ts";
import type {
  Credential,
  Finding,
  Image,
  PackageStatus,
  RepositoryStatus,
  Run,
} from "./fleet-status.ts";
import { filesOf, publicationStatus, publishingOf, type Publishing } from "./publishing-status.ts";
import { findEvidence, mayFallBack, type RunsOfWorkflow } from "./job-token-evidence.ts";
import { packageStatus } from "./package-status.ts";
import { readCredential, type SharedSecret } from "./read-credentials.ts";
import { readExplainedRuns } from "./read-runs.ts";

export interface RepositorySource extends PinSource {
  readonly fleet: Fleet;
  readonly repository: FleetRepository;
  readonly memory: StackMemory;
  /** What became of the fleet's pull requests that the state has as open, by URL. */
  readonly pullRequests: ReadonlyMap<string, PullRequestState>;
  /** ISO-8601 by GitHub's clock. */
  readonly readAt: string;
  readonly shared: SharedSecret;
  readonly secrets: SecretReader;
  readonly containers: ContainerPackages;
  /** Absent where they cannot be read. */
  readonly packages: ReadonlyMap<string, ContainerPackage> | undefined;
  /** Whether a package that is not among them does not exist. */
  readonly showsAll: boolean;
  readonly snapshot: Outcome<RepositorySnapshot | undefined>;
  readonly activity: Outcome<RepositoryActivity>;
  readonly reading: Outcome<BranchReading | undefined>;
  /** The login that publishes. */
  readonly publisher: string;
  /** Asked whether it would accept a push, if given. */
  readonly registry: RegistryClientOptions | undefined;
  /** Whether GitHub refuses the PAT. */
  readonly isPatDead: boolean;
}

/** Never throws: each part that cannot be read becomes a finding. */
export async function readRepositoryStatus(source: RepositorySource): Promise<RepositoryStatus> {
  const { fleet, repository, secrets } = source;
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
  const url = activity?.url ?? `${fleet.host.web}/${owner}/${name}`;
  if ("value" in source.snapshot) findings.push(...judgeSnapshot(source, snapshot, url));

  const reading = valueOf(source.reading, note("files", "read the workflows"));
  const how = publishingOf(source, reading);
  const pushes = { branch, mode: how.mode };
  const runsOf = (kind: Run["workflow"], { path, startedBy }: PublishingWorkflow) => {
    const file = basename(path);
    const onBranch = { branch, ...(startedBy === "push" && { event: "push" }) };
    const query = { file, ...(kind === "ci" && onBranch) };
    return readExplainedRuns(source, kind, { owner, repository: name }, query).then(
      (read) => ({ path, ...read }),
      note("runs", `read the runs of ${file}`),
    );
  };
  const [credential, found, published, refusals] = await Promise.all([
    readCredential(secrets, fleet, repository, source.shared, source).catch(
      (error: unknown): Credential => {
        note("credential", "read the secrets")(error);
        return { state: "unknown", reason: findings.at(-1)?.text ?? "" };
      },
    ),
    Promise.all([
      ...how.ci.map((workflow) => runsOf("ci", workflow)),
      ...how.release.map((workflow) => runsOf("release", workflow)),
    ]),
    readImages(source, how).catch(note("images", "read the images")),
    readRefusals(source, how.images).catch(
      note("package", "ask whether the PAT may push the image"),
    ),
  ]);
  const read = found.flatMap((each) => each ?? []);
  const runs = read.flatMap(({ shown }) => shown).sort(newestFirst);
  const candidate = await findCandidate(source, how, reading, read).catch(
    note("runs", "find out whether the job's own token would do"),
  );
  const { files, unresolved } = snapshot
    ? await filesOf(source, how, reading, snapshot, url, note("files", "read the pins"))
    : { files: [], unresolved: [] };
  const images = published ? allOf(published) : [];
  const latest = (kind: Run["workflow"]) => ({
    run: runs.find(({ workflow }) => workflow === kind) ?? null,
    image: newestOf(kind, images, pushes),
  });
  const packages = judgePackages(source, how, refusals);
  const deploying =
    repository.credential === "environment" && reading
      ? deployingJobs(reading.texts, fleet.secret)
      : undefined;
  return {
    name,
    url,
    visibility: snapshot?.visibility ?? repository.visibility,
    branch,
    head: snapshot?.head ?? null,
    credential,
    declaredCredential: repository.credential,
    candidate: candidate ?? null,
    ...(repository.credential === "environment" && {
      deploys: deploying ? deploying.length > 0 : null,
    }),
    applied: source.memory.files.has(name.toLowerCase()),
    workflows: how.mode,
    publications: (reading?.publications ?? []).map((each) => ({
      ...publicationStatus(each),
      ...(deploying && { getsSecret: reachesAll(credential) || isAmong(deploying, each) }),
    })),
    files,
    left: unresolved.length,
    unresolved,
    pullRequests: (activity?.proposals ?? []).map((proposal) => ({ ...proposal })),
    declined: declinedOf(source),
    package: summary(source, how, packages),
    images:
      packages.length > 1
        ? packages.map((each, index) => {
            const own = published?.get(how.images[index] ?? "") ?? [];
            return {
              ci: newestOf("ci", own, pushes),
              release: newestOf("release", own, pushes),
              package: each,
            };
          })
        : [],
    ci: latest("ci"),
    release: latest("release"),
    history: {
      images: images.slice(0, newestImages),
      runs,
      changes: (activity?.changes ?? []).map(({ oid, ...change }) => ({ commit: oid, ...change })),
    },
    findings,
  };
}

/** Whether each job gets a secret of the fleet's name: one that is no environment's. */
function reachesAll(credential: Credential): boolean {
  if (credential.state !== "present") return false;
  return [credential.scope, ...credential.shadows].some((scope) => scope !== "environment");
}

function isAmong(
  jobs: ReturnType<typeof deployingJobs>,
  { path, job }: Pick<Publication, "path" | "job">,
): boolean {
  return jobs.some((each) => each.path === path && each.job === job);
}

/** Whether its packages are linked to it, and runs have pushed them with the job's own token. */
async function findCandidate(
  { github, pace, fleet, repository, packages, activity, isPatDead }: RepositorySource,
  { images, unnamed, foreign }: Publishing,
  reading: BranchReading | undefined,
  workflows: readonly RunsOfWorkflow[],
): Promise<RepositoryStatus["candidate"]> {
  const { owner, registry, secret } = fleet;
  const full = `${owner}/${repository.name}`.toLowerCase();
  const isLinked = (image: string) => packages?.get(image)?.repository?.toLowerCase() === full;
  const areKnown = images.length > 0 && unnamed.length === 0 && foreign.length === 0;
  if (repository.credential === "job-token" || !areKnown || !images.every(isLinked)) return null;
  if (!reading || !mayFallBack(reading)) return null;
  const changedAt = "value" in activity ? activity.value.changes[0]?.at : undefined;
  const about = { github, pace, owner, registry, secret: secret.name, repository, reading };
  return findEvidence({ ...about, workflows, changedAt, isPatDead }, images);
}

/** Also a pull request that was closed since the last update, which the state has as open. */
function declinedOf({
  memory,
  pullRequests,
  repository,
}: RepositorySource): RepositoryStatus["declined"] {
  const known = memory.files.get(repository.name.toLowerCase());
  const { url, state, closed } = pullRequests.get(known?.pullRequestUrl ?? "") ?? {};
  const isDeclined = url !== undefined && closed && state === "CLOSED";
  const declined = isDeclined ? { url, ...closed } : known?.declined;
  return declined ? { by: declined.by ?? null, at: declined.at, url: declined.url } : null;
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

/** @returns image to what was published of it, newest first */
async function readImages(
  { pace, repository, containers, packages }: RepositorySource,
  { images: names, mode }: Publishing,
): Promise<ReadonlyMap<string, Image[]>> {
  const present = names.filter((name) => packages?.has(name));
  const read = present.map(async (name) => {
    const versions = await pace(() => containers.readTaggedVersions(name));
    return [name, classifyImages(versions, { branch: repository.branch, mode })] as const;
  });
  return new Map(await Promise.all(read));
}

function allOf(published: ReadonlyMap<string, readonly Image[]>): Image[] {
  const images = [...published.values()].flat();
  return published.size < 2
    ? images
    : images.sort((a, b) => Date.parse(b.pushedAt) - Date.parse(a.pushedAt));
}

/** @returns image to the registry's refusal of a push, where it was asked and refuses */
async function readRefusals(
  { fleet: { owner }, repository, registry, pace }: RepositorySource,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const refusals = new Map<string, string>();
  const usesPat = repository.credential !== "job-token";
  for (const name of registry && usesPat ? names : []) {
    const probe = await pace(() =>
      probePush(registry as RegistryClientOptions, `${owner.toLowerCase()}/${name}`),
    );
    if (!probe.allowed) refusals.set(name, probe.reason);
  }
  return refusals;
}

/** Each package of the repository; without findings where packages cannot be read. */
function judgePackages(
  source: RepositorySource,
  { images, mode }: Publishing,
  refusals: ReadonlyMap<string, string> | undefined,
): PackageStatus[] {
  const { fleet, repository, packages, showsAll, memory, publisher } = source;
  return images.map((image) => {
    const name = imageAddress(fleet, image);
    if (!packages) return { name, visibility: null, linkedTo: null, findings: [] };
    return packageStatus({
      fleet,
      repository,
      mode,
      image,
      found: packages.get(image) ?? (showsAll ? undefined : "hidden"),
      before: memory.packages.has(image),
      publisher: repository.credential === "job-token" ? "the job" : publisher,
      refusal: refusals?.get(image),
    });
  });
}

/** All packages of the repository as one. */
function summary(
  { packages }: RepositorySource,
  { unnamed, foreign }: Publishing,
  each: readonly PackageStatus[],
): PackageStatus {
  const name = each.map((one) => one.name).join(", ");
  if (!packages) return { name, visibility: null, linkedTo: null, findings: [] };
  const unknown = judgeNames({ unnamed, foreign }).map((finding) => ({ ...finding, url: null }));
  return {
    name,
    visibility: each[0]?.visibility ?? null,
    linkedTo: each[0]?.linkedTo ?? null,
    findings: [...each.flatMap(({ findings }) => findings), ...unknown],
  };
}

function newestFirst(a: Run, b: Run): number {
  return Date.parse(b.startedAt) - Date.parse(a.startedAt);
}
