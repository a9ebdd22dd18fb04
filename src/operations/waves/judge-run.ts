import { basename } from "node:path/posix";
import { findFailed, readRunJobs, type RunJob } from "../../github/actions/run-jobs.ts";
import type { WorkflowRun } from "../../github/actions/workflow-runs.ts";
import { isShownAs, judgeSteps, type StepsVerdict } from "../../publishing/judge-steps.ts";
import { fallbackSteps } from "../../publishing/fallback-steps.ts";
import { isFromTemplate } from "../../publishing/templates/template.ts";
import { hasManifest } from "../../registry/has-manifest.ts";
import { probe } from "./prove-by-probe.ts";
import {
  mergeFirst,
  placeOf,
  type ProofContext,
  type RunCandidate,
  type Verdict,
} from "./verdict.ts";

/** Judges a run that ended, of a workflow that publishes. */
export async function judgeRun(
  context: ProofContext,
  candidate: RunCandidate,
  run: WorkflowRun,
): Promise<Verdict> {
  const { github, owner, registry } = context;
  const { proof, repository, reading, workflow } = candidate;
  const jobs = await readRunJobs(github, placeOf(context, candidate), run.id);
  const problem = describeFailure(run, jobs) ?? judgeJobs(context, run, jobs);
  if (problem) return problem;
  // Before the merge another workflow runs, whose tags are not known.
  if (proof.pullRequestUrl !== undefined) return mergeFirst(proof.pullRequestUrl);
  const file = basename(workflow.path);
  if (!isFromTemplate(reading.texts[workflow.path] ?? "")) {
    const found = workflow.jobs.map((job) => ({
      ...job,
      shown: jobs.filter(({ name }) => isShownAs(job.names, name)),
    }));
    const failed = found
      .flatMap(({ shown }) => shown)
      .find(({ conclusion }) => conclusion === "failure");
    if (failed) {
      const detail = `job "${failed.name}" failed, although its run succeeded`;
      return { state: "failed", detail, url: failed.url ?? run.url };
    }
    const start = { event: run.event, ref: `refs/heads/${repository.branch}` };
    // A job that logs in with something else says nothing about the secret.
    const judged = found
      .filter(({ usesSecret }) => usesSecret || !proof.credential)
      .map(({ steps, shown }) => ({
        shown,
        verdicts: shown
          .filter(({ conclusion }) => conclusion !== "skipped")
          .map((each) => judgeSteps(steps, each.steps, start)),
      }));
    const open = judged.filter(({ verdicts }) => !verdicts.includes("pushed"));
    const mayBeOpen = proof.credential ? 0 : judged.length - 1;
    if (judged.length > 0 && open.length <= mayBeOpen) {
      return { state: "healthy", detail: `${file} published`, url: run.url };
    }
    const why =
      judged.length > 0
        ? whyUnproven(
            open.flatMap(({ shown }) => shown).length,
            open.flatMap(({ verdicts }) => verdicts),
          )
        : "shows no job that logs in with the secret";
    const next = `the run of ${file} ${why}, so the next run that publishes brings the next image`;
    return probe(context, candidate, reading, next);
  }
  const { image } = repository;
  // Named by docker/metadata-action: https://github.com/docker/metadata-action#typesha
  const tag = `sha-${run.head.slice(0, 7)}`;
  return (await hasManifest(registry, `${owner.toLowerCase()}/${image}`, tag))
    ? { state: "healthy", detail: `published ${image}:${tag}`, url: run.url }
    : { state: "waiting", detail: `${image}:${tag} is not in the registry`, url: run.url };
}

/** A condition that cannot be foreseen may have skipped it; a skipped call shows only the caller. */
function whyUnproven(found: number, ran: readonly StepsVerdict[]): string {
  if (found === 0) return "shows no job that publishes";
  if (ran.length === 0) return "skipped the job that publishes";
  return ran.includes("unclear")
    ? "does not show whether it pushed"
    : "skipped the steps that publish";
}

/** Whether a run that succeeded had to publish with the job's own token. */
export function judgeJobs(
  { registry }: ProofContext,
  run: WorkflowRun,
  jobs: readonly RunJob[],
): Verdict | undefined {
  const fallback = jobs.find(({ steps }) =>
    steps.some(({ name, conclusion }) => fallbackSteps.includes(name) && conclusion === "success"),
  );
  if (!fallback) return undefined;
  return {
    state: "failed",
    detail: `${registry.name} refused the secret: the image was published with the job's own token`,
    url: fallback.url ?? run.url,
  };
}

/** Where a run failed; nothing where it succeeded, or had nothing to do. */
export function describeFailure(run: WorkflowRun, jobs: readonly RunJob[]): Verdict | undefined {
  if (run.conclusion === "success" || run.conclusion === "skipped") return undefined;
  const job = findFailed(jobs);
  const step = job?.steps.find(({ conclusion }) => conclusion === "failure");
  const where = [job && `job "${job.name}"`, step && `step "${step.name}"`].filter(Boolean);
  return {
    state: "failed",
    detail: [`its run ended with ${run.conclusion ?? "nothing"}`, ...where].join(", "),
    url: job?.url ?? run.url,
  };
}
