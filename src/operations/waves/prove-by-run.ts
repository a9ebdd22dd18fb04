import { basename } from "node:path/posix";
import { readRunJobs } from "../../github/actions/run-jobs.ts";
import { whyNoRuns } from "../../github/actions/why-no-runs.ts";
import {
  dispatchRun,
  readRun,
  readRuns,
  repeatRun,
  type WorkflowRun,
} from "../../github/actions/workflow-runs.ts";
import { isRefusal } from "../../github/client/unless-refused.ts";
import { readTexts } from "../../github/contents/read-files.ts";
import { describeFailure, judgeJobs, judgeRun } from "./judge-run.ts";
import { probe } from "./prove-by-probe.ts";
import {
  mergeFirst,
  placeOf,
  type Candidate,
  type Check,
  type ProofContext,
  type RunCandidate,
  type Verdict,
} from "./verdict.ts";

export async function dispatch(context: ProofContext, candidate: Candidate): Promise<Check> {
  const { github, dispatch: file = "" } = context;
  const place = placeOf(context, candidate);
  const id = await dispatchRun(github, place, file, candidate.repository.branch);
  // Which images the fleet's own workflow publishes is not known: its success is enough.
  return async () => {
    const run = await readRun(github, place, id);
    if (run.conclusion === undefined) return waitingFor(run);
    const jobs = await readRunJobs(github, place, id);
    const problem = describeFailure(run, jobs) ?? judgeJobs(context, run, jobs);
    return problem ?? { state: "healthy", detail: "its run succeeded", url: run.url };
  };
}

/**
 * Runs read their secrets when they are queued, so a run in progress does not use the new secret. Nor is
 * a run repeated that failed before, while the fix waits in a pull request.
 */
export async function repeatLast(
  context: ProofContext,
  candidate: RunCandidate,
): Promise<Check | Verdict> {
  const [last] = await recentRuns(context, candidate, { event: "push" });
  const { pullRequestUrl } = candidate.proof;
  const isOver = last === undefined || last.conclusion !== undefined;
  if (pullRequestUrl !== undefined && isOver && last?.conclusion !== "success") {
    return mergeFirst(pullRequestUrl);
  }
  if (last === undefined) {
    return {
      state: "failed",
      detail: `has no run of ${nameOf(candidate)} to repeat; ${pushOrDispatch}`,
    };
  }
  if (last.conclusion === undefined) {
    return { state: "waiting", detail: "an earlier run is still running", url: last.url };
  }
  return (await ranSameFile(context, candidate, last))
    ? repeatPushed(context, candidate, last)
    : askRegistry(context, candidate, "has not run since it changed");
}

/** A repetition runs the file of its own commit, which may log in with another secret. */
async function ranSameFile(
  context: ProofContext,
  candidate: RunCandidate,
  { head }: WorkflowRun,
): Promise<boolean> {
  const { path } = candidate.workflow;
  const place = { ...placeOf(context, candidate), revision: head };
  const texts = await readTexts(context.github, place, [path]);
  return texts[path] === candidate.reading.texts[path];
}

function askRegistry(
  context: ProofContext,
  candidate: RunCandidate,
  why: string,
): Promise<Verdict> {
  const next = `${nameOf(candidate)} ${why}, so its next run brings the next image`;
  return probe(context, candidate, candidate.reading, next);
}

/** Repeats a run that no push started, if it runs the file that is on the branch now. */
export async function repeatSame(
  context: ProofContext,
  candidate: RunCandidate,
): Promise<Check | Verdict> {
  const ask = (why: string) => askRegistry(context, candidate, why);
  const [last] = await recentRuns(context, candidate, {});
  if (last === undefined) return ask("has not run yet");
  if (last.conclusion === undefined) {
    return { state: "waiting", detail: "an earlier run is still running", url: last.url };
  }
  if (!(await ranSameFile(context, candidate, last))) return ask("has not run since it changed");
  return repeat(context, candidate, last, () => ask("ran last more than a month ago"));
}

/** The cause of the failure may be fixed by now. */
export async function repeatFailure(
  context: ProofContext,
  candidate: RunCandidate,
): Promise<Check | Verdict> {
  const runs = await readRunsOfCommit(context, candidate);
  const [last] = runs;
  if (last === undefined || last.conclusion === undefined || sumUp(runs) !== "failed") {
    return watchPushes(context, candidate);
  }
  return repeatPushed(context, candidate, last);
}

const pushOrDispatch = "push a commit, or set fleet.healthGate.dispatch";

/** @param otherwise what follows where GitHub does not repeat the run any more */
async function repeat(
  context: ProofContext,
  candidate: RunCandidate,
  last: WorkflowRun,
  otherwise: (why: string) => Verdict | Promise<Verdict>,
): Promise<Check | Verdict> {
  const place = placeOf(context, candidate);
  try {
    await repeatRun(context.github, place, last.id);
  } catch (error) {
    if (!isRefusal(error, [403])) throw error;
    const { attempt, conclusion } = await readRun(context.github, place, last.id);
    // The run is over a month old, unless the answer to an earlier request was lost.
    if (attempt === last.attempt && conclusion !== undefined) {
      const { pullRequestUrl } = candidate.proof;
      if (pullRequestUrl !== undefined) return mergeFirst(pullRequestUrl);
      return otherwise(error.message.split(" - https:")[0] ?? "");
    }
  }
  return () => checkRepetition(context, candidate, last);
}

/** A push starts a run of the workflow, so a person can help. */
function repeatPushed(context: ProofContext, candidate: RunCandidate, last: WorkflowRun) {
  return repeat(context, candidate, last, (why) => ({
    state: "failed",
    detail: `its last run of ${nameOf(candidate)} cannot be repeated (${why}); ${pushOrDispatch}`,
    url: last.url,
  }));
}

async function checkRepetition(
  context: ProofContext,
  candidate: RunCandidate,
  { id, attempt }: WorkflowRun,
): Promise<Verdict> {
  const run = await readRun(context.github, placeOf(context, candidate), id);
  // GitHub shows a repetition after a moment.
  if (run.attempt <= attempt) return waitingFor({ ...run, status: "queued" });
  if (run.conclusion === undefined) return waitingFor(run);
  return judgeRun(context, candidate, run);
}

/** A push starts its run after a moment; after this number of checks the settings are read. */
const checksWithoutRun = 3;

export async function watchPushes(context: ProofContext, candidate: RunCandidate): Promise<Check> {
  let withoutRun = 0;
  let instead: Check | undefined;
  return async () => {
    if (instead) return instead();
    const runs = await readRunsOfCommit(context, candidate);
    const run = sumUp(runs);
    if (run === "failed") return judgeRun(context, candidate, runs[0] as WorkflowRun);
    if (run)
      return run.conclusion === undefined ? waitingFor(run) : judgeRun(context, candidate, run);
    withoutRun += 1;
    if (withoutRun === checksWithoutRun) {
      const why = await whyNoRuns(context.github, placeOf(context, candidate), nameOf(candidate));
      if (why) return { state: "failed", detail: why };
      if (candidate.workflow.onSomePaths) {
        // The commit touched none of the paths that start it.
        const started = await repeatSame(context, candidate);
        instead = typeof started === "function" ? started : async () => started;
        return instead();
      }
    }
    return { state: "waiting", detail: `no run of ${nameOf(candidate)} yet` };
  };
}

/**
 * The relevant runs, newest first: the run of the commit, and the runs of later commits. Where the
 * stack's commit is not known, the branch's head has it; an earlier run may be older than the files.
 */
async function readRunsOfCommit(
  context: ProofContext,
  candidate: RunCandidate,
): Promise<WorkflowRun[]> {
  const commit = candidate.proof.commit ?? candidate.reading.head;
  const runs = await recentRuns(context, candidate, { event: "push" });
  const own = runs.find(({ head }) => head === commit);
  // After many other pushes, the list does not reach the commit.
  const [first] = own ? [own] : await recentRuns(context, candidate, { event: "push", commit });
  return first ? runs.filter(({ id }) => id >= first.id) : [];
}

function recentRuns(
  context: ProofContext,
  candidate: RunCandidate,
  more: { readonly event?: string; readonly commit?: string },
): Promise<WorkflowRun[]> {
  const { branch } = candidate.repository;
  const query = { file: nameOf(candidate), branch, most: 10, ...more };
  return readRuns(context.github, placeOf(context, candidate), query);
}

function nameOf({ workflow }: RunCandidate): string {
  return basename(workflow.path);
}

/** @returns a run that succeeded or is running; `failed` where all ended and none succeeded */
function sumUp(runs: readonly WorkflowRun[]): WorkflowRun | "failed" | undefined {
  if (runs.length === 0) return undefined;
  const good = runs.find(({ conclusion }) => conclusion === "success");
  return good ?? runs.find(({ conclusion }) => conclusion === undefined) ?? "failed";
}

function waitingFor({ status, url }: WorkflowRun): Verdict {
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
