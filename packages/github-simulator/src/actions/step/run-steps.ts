import { messageOf } from "../language/expression.ts";
import { literalText } from "../language/scalars.ts";
import { parseActionReference } from "../action/action-policy.ts";
import type { ActiveJob } from "../job/active-job.ts";
import { annotate, scopeOf } from "../job/active-job.ts";
import { runStep, stepName } from "./run-step.ts";
import type { StepRecord } from "../records/run-record.ts";

/** Runs all steps of a job, then the post steps of its actions, last one first. */
export async function runSteps(job: ActiveJob): Promise<void> {
  const { steps } = job.definition;
  const setUp = addStep(job, "Set up job");
  const records = steps.map((step) => addStep(job, stepName(step, scopeOf(job, job.env))));
  await runOwnStep(job, setUp, () => logSetUp(job));
  for (const [index, step] of steps.entries()) {
    const record = records[index];
    if (record !== undefined) await runStep(job, step, record);
  }
  for (const { name, run } of job.postSteps.toReversed()) {
    await runOwnStep(job, addStep(job, name), run);
  }
  await runOwnStep(job, addStep(job, "Complete job"), () => {
    job.record.log.write("Cleaning up orphan processes");
  });
}

function addStep(job: ActiveJob, name: string): StepRecord {
  const record: StepRecord = {
    number: job.record.steps.length + 1,
    name: job.mask.apply(name),
    status: "queued",
    conclusion: undefined,
    startedAt: undefined,
    completedAt: undefined,
  };
  job.record.steps.push(record);
  return record;
}

/** A step of the runner, or what an action left for the end. */
async function runOwnStep(
  job: ActiveJob,
  record: StepRecord,
  run: () => Promise<void> | void,
): Promise<void> {
  record.status = "in_progress";
  record.startedAt = job.host.now();
  job.record.log.startStep(record.number);
  try {
    await run();
    record.conclusion = "success";
  } catch (error) {
    annotate(job, "failure", messageOf(error));
    record.conclusion = "failure";
    job.failed = true;
  }
  record.status = "completed";
  record.completedAt = job.host.now();
}

function logSetUp(job: ActiveJob): void {
  const { log, permissions, name } = job.record;
  log.write("Simulated runner");
  log.write("##[group]GITHUB_TOKEN Permissions");
  for (const [scope, level] of Object.entries(permissions).toSorted()) {
    if (level !== "none") log.write(`${titleCase(scope)}: ${level}`);
  }
  log.write("##[endgroup]");
  log.write(`Secret source: ${job.github["secret_source"] as string}`);
  log.write("Prepare workflow directory");
  log.write("Prepare all required actions");
  for (const step of job.definition.steps) {
    const uses = literalText(step.token.find("uses")) ?? "";
    if (parseActionReference(uses) !== undefined) log.write(`Download action repository '${uses}'`);
  }
  log.write(`Complete job name: ${name}`);
}

/** `id-token` is shown as `IdToken`. */
function titleCase(scope: string): string {
  return scope.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
