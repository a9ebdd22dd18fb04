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
  /** The workflow to start where only the credential changed; if absent, the last run is repeated. */
  readonly dispatch: string | undefined;
  /** Whether runs that failed before are repeated: their cause may be fixed by now. */
  readonly repeatFailed: boolean;
}

/** A repository, and what it has to publish. */
export interface Candidate {
  readonly repository: string;
  readonly branch: string;
  readonly image: string;
  readonly proof: Proof;
}

export type Verdict =
  | { readonly state: "waiting"; readonly detail: string; readonly url?: string }
  /** Nothing runs before a person merges. */
  | { readonly state: "merge"; readonly detail: string; readonly url: string }
  | { readonly state: "healthy"; readonly detail: string; readonly url: string }
  | { readonly state: "failed"; readonly detail: string; readonly url?: string };

/** Checks once; to be repeated while the verdict is `waiting`. */
export type Check = () => Promise<Verdict>;

/**
 * How to check whether a repository publishes. A new commit has started a run already; where only the
 * credential changed, the first check starts the dispatched workflow or repeats the last run.
 */
export function proofOf(context: ProofContext, candidate: Candidate): Check {
  const { commit, credential } = candidate.proof;
  if (commit !== undefined || !credential) {
    return lazily(() => (context.repeatFailed ? repeatFailure : watchPushes)(context, candidate));
  }
  return lazily(() => (context.dispatch === undefined ? repeatLast : dispatch)(context, candidate));
}

export function mergeFirst(url: string): Verdict & { state: "merge" } {
  return { state: "merge", detail: "merge its pull request", url };
}

/** Starts a run with the first check. Where that is not possible (yet), the result is a verdict. */
function lazily(start: () => Promise<Check | Verdict>): Check {
  let check: Check | undefined;
  return async () => {
    if (!check) {
      const started = await start();
      if (typeof started !== "function") return started;
      check = started;
    }
    return check();
  };
}

async function dispatch(context: ProofContext, candidate: Candidate): Promise<Check> {
  const { github, owner, dispatch: file = "" } = context;
  const id = await dispatchRun(
    github,
    { owner, repository: candidate.repository },
    file,
    candidate.branch,
  );
  return () => checkDispatched(context, candidate, id);
}

/**
 * Runs read their secrets when they are queued, so a run in progress does not use the new secret. Nor is
 * a run repeated that failed before, while the fix waits in a pull request.
 */
async function repeatLast(context: ProofContext, candidate: Candidate): Promise<Check | Verdict> {
  const [last] = await readPushRuns(context.github, placeOf(context, candidate), candidate.branch);
  const { pullRequestUrl } = candidate.proof;
  const isOver = last === undefined || last.conclusion !== undefined;
  if (pullRequestUrl !== undefined && isOver && last?.conclusion !== "success") {
    return mergeFirst(pullRequestUrl);
  }
  if (last === undefined) {
    return { state: "failed", detail: `has no run of ci.yml to repeat; ${otherwise}` };
  }
  return last.conclusion === undefined
    ? { state: "waiting", detail: "an earlier run is still running", url: last.url }
    : repeat(context, candidate, last);
}

/** The cause of the failure may be fixed by now. */
async function repeatFailure(
  context: ProofContext,
  candidate: Candidate,
): Promise<Check | Verdict> {
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
): Promise<Check | Verdict> {
  const place = placeOf(context, candidate);
  try {
    await repeatRun(context.github, place, last.id);
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 403 || isLimit(error)) throw error;
    const { attempt, conclusion } = await readRun(context.github, place, last.id);
    // The run is over a month old, unless the answer to an earlier request was lost.
    if (attempt === last.attempt && conclusion !== undefined) {
      const { pullRequestUrl } = candidate.proof;
      if (pullRequestUrl !== undefined) return mergeFirst(pullRequestUrl);
      const [why] = error.message.split(" - https:");
      const detail = `its last run of ci.yml cannot be repeated (${why}); ${otherwise}`;
      return { state: "failed", detail, url: last.url };
    }
  }
  return () => checkRun(context, candidate, last.id, last.attempt + 1);
}

/** Which tags the fleet's own workflow publishes is not known: its success is enough. */
async function checkDispatched(
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

async function checkRun(
  context: ProofContext,
  candidate: Candidate,
  id: number,
  attempt: number,
): Promise<Verdict> {
  const run = await readRun(context.github, placeOf(context, candidate), id);
  // GitHub shows a repetition after a moment.
  if (run.attempt < attempt) return waitingFor({ ...run, status: "queued" });
  if (run.conclusion === undefined) return waitingFor(run);
  return judgeRun(context, candidate, run);
}

/** A push starts its run after a moment; after this number of checks the settings are read. */
const checksWithoutRun = 3;

async function watchPushes(context: ProofContext, candidate: Candidate): Promise<Check> {
  let withoutRun = 0;
  return async () => {
    const runs = await readRunsOf(context, candidate);
    const run = sumUp(runs);
    if (run === "failed") return judgeRun(context, candidate, runs[0] as CiRun);
    if (run)
      return run.conclusion === undefined ? waitingFor(run) : judgeRun(context, candidate, run);
    withoutRun += 1;
    const why =
      withoutRun === checksWithoutRun
        ? await whyNoRuns(context.github, placeOf(context, candidate))
        : undefined;
    return why
      ? { state: "failed", detail: why }
      : { state: "waiting", detail: "no run of ci.yml yet" };
  };
}

/** The relevant runs, newest first: the run of the commit, and the runs of later commits. */
async function readRunsOf(context: ProofContext, candidate: Candidate): Promise<CiRun[]> {
  const { branch, proof } = candidate;
  const place = placeOf(context, candidate);
  const runs = await readPushRuns(context.github, place, branch);
  if (proof.commit === undefined) return runs.slice(0, 1);
  const own = runs.find(({ head }) => head === proof.commit);
  // After many other pushes, the list does not reach the commit.
  const [first] = own ? [own] : await readPushRuns(context.github, place, branch, proof.commit);
  return first ? runs.filter(({ id }) => id >= first.id) : [];
}

/** @returns a run that succeeded or is running; `failed` where all ended and none succeeded */
function sumUp(runs: readonly CiRun[]): CiRun | "failed" | undefined {
  if (runs.length === 0) return undefined;
  const good = runs.find(({ conclusion }) => conclusion === "success");
  return good ?? runs.find(({ conclusion }) => conclusion === undefined) ?? "failed";
}

function waitingFor({ status, url }: CiRun): Verdict {
  return { state: "waiting", detail: describeStatus(status), url };
}

/** @see https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository */
function describeStatus(status: string): string {
  switch (status) {
    case "queued":
    case "pending":
    case "requested":
      return "its run is queued";
    case "waiting":
      return "its run waits for an approval";
    default:
      return "its run is running";
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
  // Before the merge another workflow runs, whose tags are not known.
  if (proof.pullRequestUrl !== undefined) return mergeFirst(proof.pullRequestUrl);
  const name = `${owner.toLowerCase()}/${image}`;
  // Named by docker/metadata-action: https://github.com/docker/metadata-action#typesha
  const tag = `sha-${run.head.slice(0, 7)}`;
  return (await hasManifest(registry, name, tag))
    ? { state: "healthy", detail: `published ${image}:${tag}`, url: run.url }
    : { state: "waiting", detail: `${image}:${tag} is not in the registry`, url: run.url };
}

/** What is wrong with a run that ended, if anything. */
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
