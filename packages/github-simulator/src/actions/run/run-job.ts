import { literalText } from "../language/scalars.ts";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  evaluateAs,
  evaluateTexts,
  evaluateToken,
  toText,
  type Json,
  messageOf,
} from "../language/expression.ts";
import { isMapping } from "../language/github-language.ts";
import { readOnly, resolvePermissions } from "../language/permissions.ts";
import type { StepsJob } from "../language/workflow-file.ts";
import { isFromFork } from "../host/actions-event.ts";
import type { ActionsHost, ScopedValue } from "../host/actions-host.ts";
import type { JobFolders } from "../action/known-action.ts";
import { annotate, scopeOf, type ActiveJob } from "../job/active-job.ts";
import { actionRefusal } from "../action/action-policy.ts";
import { withToken } from "./call-workflow.ts";
import { defaultPermissionsOf, ofEnvironment, secretsOf } from "../job/secrets-of-run.ts";
import { architecture, runnerRefusal } from "./hosted-runner.ts";
import { endJob, preparedJob, workflowIdentity } from "./job-record.ts";
import { expressionScope, type JobOutcome, type JobScope } from "../job/job-scope.ts";
import type { JobPlan } from "./plan-jobs.ts";
import { runSteps } from "../step/run-steps.ts";
import type { JobRecord } from "../records/run-record.ts";
import { runnerContext, runnerVariables } from "../job/default-variables.ts";
import type { RunnerParts } from "../job/runner-parts.ts";

/** Runs one job on a free runner, from its first step to the revocation of its token. */
export async function runJob(
  parts: RunnerParts,
  scope: JobScope,
  job: StepsJob,
  plan: JobPlan,
  record: JobRecord,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const { host } = parts;
  let minutes: number;
  try {
    const refusal = refusalOf(parts, scope, job, plan);
    if (refusal !== undefined) return endJob(parts, record, "failure", refusal);
    minutes = minutesOf(scope, job, plan);
  } catch (error) {
    return endJob(parts, record, "failure", messageOf(error));
  }
  record.status = "queued";
  parts.report.job(scope.run, record, "queued");
  let free: () => void;
  try {
    free = await parts.slots.take(signal);
  } catch {
    return endJob(parts, record, "cancelled", "The operation was canceled.");
  }
  const begins = scope.run.status !== "in_progress";
  record.status = scope.run.status = "in_progress";
  record.startedAt = host.now();
  if (begins) parts.report.run(scope.run, "in_progress");
  parts.report.job(scope.run, record, "in_progress");
  const folders = createFolders(scope.run.event.repo);
  const timeout = AbortSignal.timeout(minutes * 60_000);
  let active: ActiveJob | undefined;
  try {
    active = openJob(parts, scope, job, plan, record, folders, AbortSignal.any([signal, timeout]));
    await runSteps(active);
    const outputs = readOutputs(active);
    if (timeout.aborted) {
      const reason = `has exceeded the maximum execution time of ${minutes} minutes.`;
      annotate(active, "failure", `The job running on runner Simulated runner ${reason}`);
    }
    const result = active.signal.aborted ? "cancelled" : active.failed ? "failure" : "success";
    record.conclusion = result;
    return { result, outputs };
  } catch (error) {
    return endJob(parts, record, "failure", messageOf(error));
  } finally {
    record.status = "completed";
    record.completedAt = host.now();
    if (active !== undefined) host.revokeJobToken(active.token);
    rmSync(folders.root, { recursive: true, force: true });
    free();
  }
}

/** Why a job may not start. */
function refusalOf(
  { host, machine }: RunnerParts,
  scope: JobScope,
  job: StepsJob,
  plan: JobPlan,
): string | undefined {
  const { owner, repo, ref } = scope.run.event;
  for (const key of ["container", "services"]) {
    if (job.token.find(key) !== undefined) {
      return `the simulator does not run containers: job '${job.id}' has '${key}'`;
    }
  }
  if (job.token.find("snapshot") !== undefined) {
    return `the simulator makes no images of runners: job '${job.id}' has 'snapshot'`;
  }
  const foreign = runnerRefusal(plan.labels, plan.group, machine);
  if (foreign !== undefined) return `job '${job.id}' cannot run: ${foreign}`;
  const used = job.steps.flatMap((step) => literalText(step.token.find("uses")) ?? []);
  const refused = actionRefusal(host, scope.run.event, used);
  if (refused !== undefined) return refused;
  const environment = environmentOf(scope, job, plan);
  return environment === undefined
    ? undefined
    : host.enterEnvironment(owner, repo, environment, ref);
}

function environmentOf(scope: JobScope, job: StepsJob, plan: JobPlan): string | undefined {
  const token = job.token.find("environment");
  const name = token !== undefined && isMapping(token) ? token.find("name") : token;
  if (name === undefined) return undefined;
  return toText(evaluateToken(name, expressionScope(scope, plan.contexts))) || undefined;
}

/** https://docs.github.com/en/actions/reference/limits: a job ends after six hours at the latest. */
const MAX_MINUTES = 360;

function minutesOf(scope: JobScope, job: StepsJob, plan: JobPlan): number {
  const token = job.token.find("timeout-minutes");
  if (token === undefined) return MAX_MINUTES;
  const minutes = evaluateAs("number", token, expressionScope(scope, plan.contexts));
  if (!(minutes > 0)) {
    throw new Error(`the simulator does not know timeout-minutes '${minutes}' of job '${job.id}'`);
  }
  return Math.min(minutes, MAX_MINUTES);
}

function createFolders(repo: string): JobFolders {
  const root = mkdtempSync(join(tmpdir(), "actions-runner-"));
  const folders: JobFolders = {
    root,
    workspace: join(root, "work", repo, repo),
    home: join(root, "home"),
    temp: join(root, "work", "_temp"),
    toolCache: join(root, "tools"),
    actions: join(root, "work", "_actions"),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder as string, { recursive: true });
  return folders;
}

/** https://docs.github.com/en/actions/how-tos/monitor-workflows/enable-debug-logging: a secret or a variable */
const DEBUG = "ACTIONS_STEP_DEBUG";

/** Gives a job its token, secrets and environment. */
function openJob(
  parts: RunnerParts,
  scope: JobScope,
  job: StepsJob,
  plan: JobPlan,
  record: JobRecord,
  folders: JobFolders,
  signal: AbortSignal,
): ActiveJob {
  const { host } = parts;
  const { owner, repo } = scope.run.event;
  record.permissions = permissionsOf(parts, scope, job);
  const token = host.mintJobToken({
    owner,
    repo,
    runId: scope.run.id,
    jobId: record.id,
    permissions: record.permissions,
  });
  const environment = environmentOf(scope, job, plan);
  const read = (values: (environment: string) => readonly ScopedValue[]) =>
    environment === undefined ? {} : ofEnvironment(values(environment));
  const secrets: Record<string, string> = {
    // With this spelling: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#secrets-context
    github_token: token,
    ...withToken(scope.secrets, token),
    ...read((name) => secretsOf(host, scope.run.event, name)),
  };
  for (const secret of Object.values(secrets)) record.mask.add(secret);
  host.jobPrepared(preparedJob(host, scope, record, secrets, environment));
  const eventPath = join(folders.temp, "event.json");
  const github: Record<string, Json> = {
    ...scope.github,
    token,
    job: job.id,
    action_ref: "",
    action_repository: "",
    workspace: folders.workspace,
    event_path: eventPath,
  };
  writeFileSync(eventPath, JSON.stringify(scope.run.event.payload));
  const vars: Record<string, string> = {
    ...scope.variables,
    ...read((name) => host.variablesFor(owner, repo, name)),
  };
  const debugs = scope.run.debug || (secrets[DEBUG] ?? vars[DEBUG]) === "true";
  const contexts = {
    ...plan.contexts,
    github,
    secrets,
    inputs: withToken(scope.inputs, token),
    vars,
    runner: { ...runnerContext(folders, architecture(plan.labels)), ...(debugs && { debug: "1" }) },
  };
  const workflowEnv = evaluateTexts(scope.workflow.env, { contexts });
  const jobEnv = evaluateTexts(job.token.find("env"), { contexts });
  return {
    host,
    run: scope.run,
    definition: job,
    defaults: [job.token.find("defaults"), scope.workflow.defaults].filter(
      (each) => each !== undefined,
    ),
    record,
    folders,
    mask: record.mask,
    token,
    github,
    toolPath: parts.toolPath,
    scripts: parts.scripts,
    contexts,
    identity: { check_run_id: record.id, ...workflowIdentity(scope) },
    runnerEnv: {
      ...parts.toolVariables,
      ...runnerVariables(github, folders, architecture(plan.labels)),
      ...(debugs && { RUNNER_DEBUG: "1" }),
      ...(record.permissions["id-token"] === "write" && idTokenVariables(host, token)),
    },
    env: { ...workflowEnv, ...jobEnv },
    outerEnv: {},
    path: [],
    steps: new Map(),
    depth: 0,
    postSteps: [],
    signal,
    failed: false,
  };
}

/**
 * The address for requesting an OpenID Connect token; the simulator's answers that it issues none.
 * https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
 */
function idTokenVariables({ apiUrl }: ActionsHost, token: string): Record<string, string> {
  return {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${apiUrl}/actions/id-token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
  };
}

function permissionsOf({ host }: RunnerParts, scope: JobScope, job: StepsJob) {
  const { event } = scope.run;
  const granted = resolvePermissions(
    [job.token.find("permissions"), scope.workflow.permissions],
    defaultPermissionsOf(host, event),
    scope.limit,
  );
  return isFromFork(event) ? readOnly(granted) : granted;
}

/**
 * The outputs of a job. A value that contains a secret is not passed on, and an empty
 * one does not count: each job of a matrix may set another output.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idoutputs
 */
function readOutputs(job: ActiveJob): Record<string, string> {
  const outputs = evaluateTexts(job.definition.token.find("outputs"), scopeOf(job, job.env));
  const kept = Object.entries(outputs).filter(([name, value]) => {
    if (value === "") return false;
    const isPublic = job.mask.apply(value) === value;
    if (!isPublic) annotate(job, "warning", `Skip output '${name}' since it may contain secret.`);
    return isPublic;
  });
  return Object.fromEntries(kept);
}
