import {
  dispatchRun,
  readPushRuns,
  readRun,
  readRunJobs,
  repeatRun,
  type CiRun,
  type RunJob,
} from "../github/ci-runs.ts";
import { explaining } from "../github/explain-failure.ts";
import type { GitHubClient } from "../github/github-client.ts";
import { hasManifest } from "../registry/has-manifest.ts";
import type { RegistryClientOptions } from "../registry/registry-client.ts";
import type { Proof } from "./journal.ts";

export interface ProofContext {
  readonly github: GitHubClient;
  readonly owner: string;
  readonly registry: RegistryClientOptions;
  /** A workflow to start where only the credential changed; else the last run is repeated. */
  readonly dispatch: string | undefined;
  /** Whether runs that failed before are repeated: somebody may have mended their cause. */
  readonly repeatFailed: boolean;
}

/** A repository and what it has to show. */
export interface Candidate {
  readonly repository: string;
  readonly branch: string;
  readonly image: string;
  readonly proof: Proof;
}

export type Verdict =
  | { readonly state: "waiting"; readonly detail: string; readonly url?: string }
  | { readonly state: "healthy"; readonly detail: string; readonly url: string }
  | { readonly state: "failed"; readonly detail: string; readonly url?: string };

/** Looks once more; it may be asked again as long as it says `waiting`. */
export type Look = () => Promise<Verdict>;

/**
 * Starts what proves that a repository publishes, where nothing has started by itself, and returns
 * how to look at it. A new commit has started a run; for a credential alone, the dispatched
 * workflow or a repetition of the last run is the proof.
 */
export async function startProof(context: ProofContext, candidate: Candidate): Promise<Look> {
  const { github, owner, dispatch, repeatFailed } = context;
  const { repository, branch, proof } = candidate;
  const place = { owner, repository };
  return explaining(`look at the runs of ${owner}/${repository}`, async () => {
    if (proof.commit === undefined && proof.credential && dispatch !== undefined) {
      const id = await dispatchRun(github, place, dispatch, branch);
      return () => lookAtDispatched(context, candidate, id);
    }
    const runs = await readPushRuns(github, place, branch);
    const [last] = runs;
    const needsRun = proof.commit === undefined && proof.credential;
    const hasFailed = last !== undefined && sumUp(runs, proof.commit) === "failed";
    if (last?.conclusion !== undefined && (needsRun || (repeatFailed && hasFailed))) {
      await repeatRun(github, place, last.id);
      return () => lookAtRun(context, candidate, last.id, last.attempt + 1);
    }
    return needsRun && last === undefined
      ? async () => noRunToRepeat
      : () => lookAtPushes(context, candidate);
  });
}

const noRunToRepeat: Verdict = {
  state: "failed",
  detail:
    "has no run of ci.yml that could be repeated; push a commit, or set fleet.healthGate.dispatch",
};

/** What an own workflow publishes under which tag is its own affair: that it succeeds is enough. */
async function lookAtDispatched(
  { github, owner }: ProofContext,
  { repository }: Candidate,
  id: number,
): Promise<Verdict> {
  const place = { owner, repository };
  const run = await readRun(github, place, id);
  if (run.conclusion === undefined) return waitingFor(run);
  const jobs = await readRunJobs(github, place, id);
  return judgeJobs(run, jobs) ?? { state: "healthy", detail: "its run succeeded", url: run.url };
}

async function lookAtRun(
  context: ProofContext,
  candidate: Candidate,
  id: number,
  attempt: number,
): Promise<Verdict> {
  const { github, owner } = context;
  const run = await readRun(github, { owner, repository: candidate.repository }, id);
  // A repetition takes a moment to show.
  if (run.attempt < attempt || run.conclusion === undefined) return waitingFor(run);
  return judgeRun(context, candidate, run);
}

async function lookAtPushes(context: ProofContext, candidate: Candidate): Promise<Verdict> {
  const { github, owner } = context;
  const { repository, branch, proof } = candidate;
  const runs = await readPushRuns(github, { owner, repository }, branch);
  const run = sumUp(runs, proof.commit);
  if (run === "failed") return judgeRun(context, candidate, runs[0] as CiRun);
  if (run === undefined) return { state: "waiting", detail: "no run of ci.yml yet" };
  return run.conclusion === undefined ? waitingFor(run) : judgeRun(context, candidate, run);
}

/**
 * Which run counts: that of the commit, or a later one, for a later push cancels the run before
 * it, and one that succeeds shows that images arrive.
 *
 * @param runs newest first
 * @param commit the first that counts; the newest run's where it is not known
 * @returns a run that succeeded or goes on; `failed` where all are over and none succeeded
 */
function sumUp(runs: readonly CiRun[], commit: string | undefined): CiRun | "failed" | undefined {
  const first = commit === undefined ? 0 : runs.findIndex(({ head }) => head === commit);
  const counting = runs.slice(0, first + 1);
  if (counting.length === 0) return undefined;
  const good = counting.find(({ conclusion }) => conclusion === "success");
  return good ?? counting.find(({ conclusion }) => conclusion === undefined) ?? "failed";
}

function waitingFor({ url }: CiRun): Verdict {
  return { state: "waiting", detail: "its run goes on", url };
}

/** A step of the templates that runs only where the registry refused the secret. */
const refusalStep = "Name the refused credential";

async function judgeRun(
  { github, owner, registry }: ProofContext,
  { repository, image }: Candidate,
  run: CiRun,
): Promise<Verdict> {
  const jobs = await readRunJobs(github, { owner, repository }, run.id);
  const problem = judgeJobs(run, jobs);
  if (problem) return problem;
  const name = `${owner.toLowerCase()}/${image}`;
  // docker/metadata-action names it so: https://github.com/docker/metadata-action#typesha
  const tag = `sha-${run.head.slice(0, 7)}`;
  return (await hasManifest(registry, name, tag))
    ? { state: "healthy", detail: `published ${image}:${tag}`, url: run.url }
    : { state: "waiting", detail: `${image}:${tag} is not in the registry`, url: run.url };
}

/** What is wrong with a run that is over, if anything. */
function judgeJobs(run: CiRun, jobs: readonly RunJob[]): Verdict | undefined {
  if (run.conclusion !== "success") return describeFailure(run, jobs);
  const fallback = jobs.find(({ steps }) =>
    steps.some(({ name, conclusion }) => name === refusalStep && conclusion === "success"),
  );
  if (!fallback) return undefined;
  return {
    state: "failed",
    detail: "ghcr.io refused the secret: the image was published with the job's own token",
    url: fallback.url ?? run.url,
  };
}

function describeFailure(run: CiRun, jobs: readonly RunJob[]): Verdict {
  const job = jobs.find(
    ({ conclusion }) =>
      conclusion !== undefined && conclusion !== "success" && conclusion !== "skipped",
  );
  const step = job?.steps.find(({ conclusion }) => conclusion === "failure");
  const where = [job && `job "${job.name}"`, step && `step "${step.name}"`].filter(Boolean);
  return {
    state: "failed",
    detail: [`its run ended with ${run.conclusion ?? "nothing"}`, ...where].join(", "),
    url: job?.url ?? run.url,
  };
}
