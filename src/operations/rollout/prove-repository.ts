import { RequestError } from "@octokit/request-error";
import {
  dispatchRun,
  readPushRuns,
  readRun,
  readRunJobs,
  repeatRun,
  type CiRun,
  type RunJob,
  type RunPlace,
} from "../../github/actions/ci-runs.ts";
import { isLimit } from "../../github/client/explain-failure.ts";
import { whyNoRuns } from "../../github/actions/why-no-runs.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { hasManifest } from "../../registry/has-manifest.ts";
import type { RegistryClientOptions } from "../../registry/registry-client.ts";
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
  /** Nothing runs before somebody merges. */
  | { readonly state: "merge"; readonly detail: string; readonly url: string }
  | { readonly state: "healthy"; readonly detail: string; readonly url: string }
  | { readonly state: "failed"; readonly detail: string; readonly url?: string };

/** Looks once more; it may be asked again as long as it says `waiting`. */
export type Look = () => Promise<Verdict>;

/**
 * How to see whether a repository publishes. The first look starts what proves it, where nothing
 * has started by itself: a new commit has started a run; for a credential alone, the dispatched
 * workflow or a repetition of the last run is the proof.
 */
export function proofOf(context: ProofContext, candidate: Candidate): Look {
  const { commit, credential } = candidate.proof;
  if (commit !== undefined || !credential) {
    return lazily(() => (context.repeatFailed ? repeatFailure : watchPushes)(context, candidate));
  }
  return lazily(() => (context.dispatch === undefined ? repeatLast : dispatch)(context, candidate));
}

export function mergeFirst(url: string): Verdict & { state: "merge" } {
  return { state: "merge", detail: "merge its pull request", url };
}

/** What cannot be started yet, or not at all, is a verdict; otherwise looks go on where it led. */
function lazily(start: () => Promise<Look | Verdict>): Look {
  let look: Look | undefined;
  return async () => {
    if (!look) {
      const started = await start();
      if (typeof started !== "function") return started;
      look = started;
    }
    return look();
  };
}

async function dispatch(context: ProofContext, candidate: Candidate): Promise<Look> {
  const { github, owner, dispatch: file = "" } = context;
  const id = await dispatchRun(
    github,
    { owner, repository: candidate.repository },
    file,
    candidate.branch,
  );
  return () => lookAtDispatched(context, candidate, id);
}

/**
 * Runs read their secrets when they are queued: one that goes on says nothing about the new one. What
 * failed before says nothing either, while its cure waits in a pull request.
 */
async function repeatLast(context: ProofContext, candidate: Candidate): Promise<Look | Verdict> {
  const [last] = await readPushRuns(context.github, placeOf(context, candidate), candidate.branch);
  const { pullRequestUrl } = candidate.proof;
  const isOver = last === undefined || last.conclusion !== undefined;
  if (pullRequestUrl !== undefined && isOver && last?.conclusion !== "success") {
    return mergeFirst(pullRequestUrl);
  }
  if (last === undefined) {
    return { state: "failed", detail: `has no run of ci.yml that could be repeated; ${otherwise}` };
  }
  return last.conclusion === undefined
    ? { state: "waiting", detail: "a run that began before goes on", url: last.url }
    : repeat(context, candidate, last);
}

/** Somebody may have mended what made it fail. */
async function repeatFailure(context: ProofContext, candidate: Candidate): Promise<Look | Verdict> {
  const runs = await readRunsOf(context, candidate);
  const [last] = runs;
  if (last === undefined || last.conclusion === undefined || sumUp(runs) !== "failed") {
    return watchPushes(context, candidate);
  }
  return repeat(context, candidate, last);
}

const otherwise = "push a commit, or set fleet.healthGate.dispatch";

async function repeat(
  context: ProofContext,
  candidate: Candidate,
  last: CiRun,
): Promise<Look | Verdict> {
  const place = placeOf(context, candidate);
  try {
    await repeatRun(context.github, place, last.id);
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 403 || isLimit(error)) throw error;
    const { attempt, conclusion } = await readRun(context.github, place, last.id);
    // Unless the answer to an earlier request was lost, GitHub says why: it is over a month old.
    if (attempt === last.attempt && conclusion !== undefined) {
      const { pullRequestUrl } = candidate.proof;
      if (pullRequestUrl !== undefined) return mergeFirst(pullRequestUrl);
      const [why] = error.message.split(" - https:");
      const detail = `its last run of ci.yml cannot be repeated (${why}); ${otherwise}`;
      return { state: "failed", detail, url: last.url };
    }
  }
  return () => lookAtRun(context, candidate, last.id, last.attempt + 1);
}

/** What an own workflow publishes under which tag is its own affair: that it succeeds is enough. */
async function lookAtDispatched(
  context: ProofContext,
  candidate: Candidate,
  id: number,
): Promise<Verdict> {
  const place = placeOf(context, candidate);
  const run = await readRun(context.github, place, id);
  if (run.conclusion === undefined) return waitingFor(run);
  const jobs = await readRunJobs(context.github, place, id);
  return judgeJobs(run, jobs) ?? { state: "healthy", detail: "its run succeeded", url: run.url };
}

async function lookAtRun(
  context: ProofContext,
  candidate: Candidate,
  id: number,
  attempt: number,
): Promise<Verdict> {
  const run = await readRun(context.github, placeOf(context, candidate), id);
  // A repetition takes a moment to show.
  if (run.attempt < attempt) return waitingFor({ ...run, status: "queued" });
  if (run.conclusion === undefined) return waitingFor(run);
  return judgeRun(context, candidate, run);
}

/** A push takes a moment to start its run; a setting that forbids it is not waited for. */
const fruitlessLooks = 3;

async function watchPushes(context: ProofContext, candidate: Candidate): Promise<Look> {
  let fruitless = 0;
  return async () => {
    const runs = await readRunsOf(context, candidate);
    const run = sumUp(runs);
    if (run === "failed") return judgeRun(context, candidate, runs[0] as CiRun);
    if (run)
      return run.conclusion === undefined ? waitingFor(run) : judgeRun(context, candidate, run);
    fruitless += 1;
    const why =
      fruitless === fruitlessLooks
        ? await whyNoRuns(context.github, placeOf(context, candidate))
        : undefined;
    return why
      ? { state: "failed", detail: why }
      : { state: "waiting", detail: "no run of ci.yml yet" };
  };
}

/** The runs that count, newest first: that of the commit, and those of later ones. */
async function readRunsOf(context: ProofContext, candidate: Candidate): Promise<CiRun[]> {
  const { branch, proof } = candidate;
  const place = placeOf(context, candidate);
  const runs = await readPushRuns(context.github, place, branch);
  if (proof.commit === undefined) return runs.slice(0, 1);
  const own = runs.find(({ head }) => head === proof.commit);
  // Where others push a lot, the list ends before it.
  const [first] = own ? [own] : await readPushRuns(context.github, place, branch, proof.commit);
  return first ? runs.filter(({ id }) => id >= first.id) : [];
}

/** @returns a run that succeeded or goes on; `failed` where all are over and none succeeded */
function sumUp(runs: readonly CiRun[]): CiRun | "failed" | undefined {
  if (runs.length === 0) return undefined;
  const good = runs.find(({ conclusion }) => conclusion === "success");
  return good ?? runs.find(({ conclusion }) => conclusion === undefined) ?? "failed";
}

function waitingFor({ status, url }: CiRun): Verdict {
  return { state: "waiting", detail: whatItWaitsFor(status), url };
}

/** @see https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository */
function whatItWaitsFor(status: string): string {
  switch (status) {
    case "queued":
    case "pending":
    case "requested":
      return "its run is queued";
    case "waiting":
      return "its run waits for an approval";
    default:
      return "its run goes on";
  }
}

function placeOf({ owner }: ProofContext, { repository }: Candidate): RunPlace {
  return { owner, repository };
}

/** A step of the templates that runs only where the registry refused the secret. */
const refusalStep = "Name the refused credential";

async function judgeRun(context: ProofContext, candidate: Candidate, run: CiRun): Promise<Verdict> {
  const { github, owner, registry } = context;
  const { image, proof } = candidate;
  const jobs = await readRunJobs(github, placeOf(context, candidate), run.id);
  const problem = judgeJobs(run, jobs);
  if (problem) return problem;
  // Until then the workflow may be another one, which tags its images as it likes.
  if (proof.pullRequestUrl !== undefined) return mergeFirst(proof.pullRequestUrl);
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
