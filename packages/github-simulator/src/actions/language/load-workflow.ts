import { messageOf } from "./expression.ts";
import { describeStep } from "./load-action.ts";
import { joinScalars, literalText } from "./scalars.ts";
import type { MappingToken } from "@actions/workflow-parser/templates/tokens/mapping-token";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import type { EventsConfig, WorkflowJob } from "@actions/workflow-parser/model/workflow-template";
import {
  convertWorkflowTemplate,
  ErrorPolicy,
  isMapping,
  isSequence,
  NoOperationTraceWriter,
  parseWorkflow,
} from "./github-language.ts";
import { defaultPermissions } from "./permissions.ts";
import {
  beyondCaller,
  doubleFilter,
  tooManyInputs,
  withoutSteps,
  wrongInput,
} from "./workflow-checks.ts";
import type { FilePlace, JobDefinition, WorkflowFile, WorkflowSource } from "./workflow-file.ts";

/** A workflow file that GitHub refuses to run, with the message that the run shows. */
export class InvalidWorkflow extends Error {
  /** The file's triggers, if at least these could be read. */
  readonly on: EventsConfig | undefined;

  constructor(message: string, on: EventsConfig | undefined) {
    super(message);
    this.on = on;
  }
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/reusable-workflows#limitations */
const MAX_CALL_DEPTH = 10;

/**
 * Reads a workflow file and every reusable workflow it calls.
 * @throws InvalidWorkflow
 */
export async function loadWorkflow(
  host: WorkflowSource,
  place: FilePlace,
  callers: readonly FilePlace[] = [],
): Promise<WorkflowFile> {
  const content = readWorkflow(host, place);
  const parsed = parseWorkflow({ name: place.path, content }, new NoOperationTraceWriter());
  const { context, value: root } = parsed;
  if (root === undefined || !isMapping(root)) throw invalid(context.errors.getErrors(), undefined);
  const called = new Map<string, WorkflowFile>();
  for (const uses of callsIn(root)) {
    called.set(uses, await loadCalled(host, place, uses, callers));
  }
  const template = await convertWorkflowTemplate(
    context,
    root,
    {
      getFileContent: (reference) => {
        const uses =
          "repository" in reference
            ? `${reference.owner}/${reference.repository}/${reference.path}@${reference.version}`
            : `./${reference.path}`;
        const file = (called.get(uses) ?? called.get(uses.replace(".", "$")))?.place ?? place;
        return Promise.resolve({ name: file.path, content: readWorkflow(host, file) });
      },
    },
    {
      errorPolicy: ErrorPolicy.TryConversion,
      fetchReusableWorkflowDepth: 1,
      maxReusableWorkflowDepth: MAX_CALL_DEPTH,
    },
  );
  const errors = context.errors.getErrors();
  if (errors.length > 0) throw invalid(errors, template.events);
  const workflow = describe(place, root, template.events, template.jobs, called);
  const { owner, repo } = callers[0] ?? place;
  const fallback = defaultPermissions(
    host.repository(owner, repo)?.defaultWorkflowPermissions ?? "read",
  );
  const problem =
    doubleFilter(root, place.path) ?? withoutSteps(workflow) ?? tooManyInputs(workflow);
  if (problem !== undefined) throw invalid([{ message: problem }], undefined);
  for (const job of workflow.jobs) {
    const message = wrongInput(workflow, job) ?? beyondCaller(workflow, job, fallback);
    if (message !== undefined) throw invalid([{ message }], workflow.on);
  }
  return workflow;
}

function readWorkflow(host: WorkflowSource, place: FilePlace): string {
  return joinScalars(host.readFile(place.owner, place.repo, place.sha, place.path) ?? "");
}

function invalid(
  errors: readonly { message: string }[],
  on: EventsConfig | undefined,
): InvalidWorkflow {
  const reasons = errors.map((error) => error.message);
  const unknown = Object.keys(on ?? {}).filter((name) =>
    reasons.some((reason) => reason.includes(`Unexpected value '${name}'`)),
  );
  return new InvalidWorkflow(
    `Invalid workflow file\nThe workflow is not valid. ${reasons.join("\n")}`,
    unknown.length === 0 ? on : undefined,
  );
}

function callsIn(root: MappingToken): string[] {
  const jobs = root.find("jobs");
  if (jobs === undefined || !isMapping(jobs)) return [];
  const uses = Array.from(jobs, ({ value }) => (isMapping(value) ? value.find("uses") : undefined));
  return [...new Set(uses.map(literalText).filter((each) => each !== undefined))];
}

async function loadCalled(
  host: WorkflowSource,
  caller: FilePlace,
  uses: string,
  callers: readonly FilePlace[],
): Promise<WorkflowFile> {
  const fail = (reason: string): never => {
    throw new InvalidWorkflow(
      `Invalid workflow file\nerror parsing called workflow\n"${caller.path}"\n-> "${uses}"\n: ${reason}`,
      undefined,
    );
  };
  if (callers.length >= MAX_CALL_DEPTH - 1) fail("the workflow calls are nested too deeply");
  const place = findCalled(host, caller, uses);
  if (place === undefined) {
    // The wording of https://docs.github.com/en/actions/reference/workflows-and-actions/reusable-workflows
    return fail(
      "workflow was not found. See https://docs.github.com/actions/learn-github-actions/reusing-workflows#access-to-reusable-workflows for more information.",
    );
  }
  try {
    return await loadWorkflow(host, place, [...callers, caller]);
  } catch (error) {
    if (error instanceof InvalidWorkflow)
      fail(error.message.replace("Invalid workflow file\n", ""));
    throw error;
  }
}

function findCalled(host: WorkflowSource, caller: FilePlace, uses: string): FilePlace | undefined {
  const [, local] = /^[.$]\/(\.github\/workflows\/[^/]+)$/.exec(uses) ?? [];
  if (local !== undefined) {
    const place = { ...caller, path: local };
    return exists(host, place) ? place : undefined;
  }
  const match = /^([^/]+)\/([^/]+)\/(\.github\/workflows\/[^/@]+)@(.+)$/.exec(uses);
  if (match === null) return undefined;
  const [, owner = "", repo = "", path = "", ref = ""] = match;
  const sha = host.resolveRef(owner, repo, ref);
  if (sha === undefined || !host.mayCallWorkflowsOf({ owner, repo }, caller)) return undefined;
  const names = [`refs/heads/${ref}`, `refs/tags/${ref}`];
  const full = names.find((name) => host.resolveRef(owner, repo, name) !== undefined);
  const place = { owner, repo, sha, path, ref: full ?? ref };
  return exists(host, place) ? place : undefined;
}

function exists(host: WorkflowSource, place: FilePlace): boolean {
  return host.readFile(place.owner, place.repo, place.sha, place.path) !== undefined;
}

function describe(
  place: FilePlace,
  root: MappingToken,
  on: EventsConfig,
  jobs: readonly WorkflowJob[],
  called: ReadonlyMap<string, WorkflowFile>,
): WorkflowFile {
  const call = mappingAt(root, "on", "workflow_call");
  return {
    place,
    name: literalText(root.find("name")) ?? place.path,
    runName: root.find("run-name"),
    on,
    env: root.find("env"),
    permissions: root.find("permissions"),
    defaults: root.find("defaults"),
    concurrency: root.find("concurrency"),
    dispatchInputs: mappingAt(root, "on", "workflow_dispatch", "inputs"),
    call: {
      inputs: mappingAt(call, "inputs"),
      secrets: mappingAt(call, "secrets"),
      outputs: mappingAt(call, "outputs"),
    },
    jobs: jobs.map((job) => describeJob(root, job, called)),
  };
}

function describeJob(
  root: MappingToken,
  job: WorkflowJob,
  called: ReadonlyMap<string, WorkflowFile>,
): JobDefinition {
  const token = mappingAt(root, "jobs", job.id.value);
  if (token === undefined) throw new Error(`job ${job.id.value} has no mapping`);
  const needs = needsOf(token.find("needs"));
  const base = { id: job.id.value, token, needs, condition: job.if };
  if (job.type === "reusableWorkflowJob") {
    const workflow = called.get(job.ref.value);
    if (workflow === undefined) throw new Error(`called workflow ${job.ref.value} was not loaded`);
    return { ...base, kind: "call", uses: job.ref.value, called: workflow };
  }
  const steps = token.find("steps");
  const tokens = steps !== undefined && isSequence(steps) ? Array.from(steps) : [];
  return {
    ...base,
    kind: "steps",
    steps: job.steps.map((step, index) => {
      try {
        return describeStep(step, tokens[index]);
      } catch (error) {
        const reason = messageOf(error);
        throw new InvalidWorkflow(`Invalid workflow file\n${reason}`, undefined);
      }
    }),
  };
}

function needsOf(token: TemplateToken | undefined): string[] {
  if (token === undefined) return [];
  const items = isSequence(token) ? Array.from(token) : [token];
  return items.map((item) => literalText(item) ?? "");
}

function mappingAt(
  token: MappingToken | undefined,
  ...keys: readonly string[]
): MappingToken | undefined {
  let current = token;
  for (const key of keys) {
    const next = current?.find(key);
    current = next !== undefined && isMapping(next) ? next : undefined;
  }
  return current;
}
