import type { Node, Scalar, YAMLMap } from "yaml";
import { readSourceFile, type SourceFile } from "./source-file.ts";
import { stringScalar, textOf } from "./yaml-reader.ts";

/** The workflows and local actions of a repository, and which calls which. */
export interface Repository {
  readonly files: readonly SourceFile[];
  readonly jobs: readonly Job[];
  /** Jobs that call this workflow as `./.github/workflows/…`. */
  callersOf(file: SourceFile): readonly Job[];
  /** The file that a job's or a step's `uses` runs; `undefined` where it is not of this repository. */
  fileOf(uses: string, kind: SourceFile["kind"]): SourceFile | undefined;
}

export interface Job {
  readonly file: SourceFile;
  readonly id: string;
  readonly node: YAMLMap;
  readonly line: number;
  /** The reusable workflow that it calls, in place of steps. */
  readonly uses: Scalar<string> | undefined;
  /** What it runs, in order: in place of a local composite action, the steps of that one. */
  readonly steps: readonly Step[];
}

export interface Step {
  readonly file: SourceFile;
  readonly job: Job;
  readonly node: YAMLMap;
  readonly line: number;
  readonly uses: Scalar<string> | undefined;
  readonly run: Scalar<string> | undefined;
  /** The step that runs the composite action in which this one stands. */
  readonly caller: Step | undefined;
}

/** An action may use others of the repository; GitHub stops at ten. */
const deepestAction = 10;

/** @param files path from the repository's root, with slashes, to text */
export function readRepository(files: Readonly<Record<string, string>>): Repository {
  const sources = Object.entries(files).map(([path, text]) => readSourceFile(path, text));
  const byPath = new Map(sources.map((file) => [file.path, file]));
  const fileOf: Repository["fileOf"] = (uses, kind) => {
    const path = localPath(uses);
    if (path === undefined) return undefined;
    const names = ["action.yml", "action.yaml"].map((name) =>
      path === "" ? name : `${path}/${name}`,
    );
    const found = kind === "workflow" ? [path] : names;
    return found.map((each) => byPath.get(each)).find((file) => file?.kind === kind);
  };
  const jobs = sources.flatMap((file) => (file.kind === "workflow" ? jobsOf(file, fileOf) : []));
  return {
    files: sources,
    jobs,
    fileOf,
    callersOf: (file) => jobs.filter(({ uses }) => uses && fileOf(uses.value, "workflow") === file),
  };
}

/** "./a/b" and "$/a/b" are a/b of the repository; "" is its root. */
function localPath(uses: string): string | undefined {
  const path = /^[.$]\/(.*)$/.exec(uses.trim())?.[1];
  return path
    ?.split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

function jobsOf(file: SourceFile, fileOf: Repository["fileOf"]): Job[] {
  const { yaml } = file;
  return yaml.entries(yaml.at(file.root, "jobs")).flatMap(({ key, keyNode, value }): Job[] => {
    const node = yaml.map(value);
    if (!node) return [];
    const steps: Step[] = [];
    const uses = stringScalar(yaml.at(node, "uses"));
    const job = { file, id: key, node, line: file.lineOf(keyNode), uses, steps };
    steps.push(...stepsOf(file, job, yaml.at(node, "steps"), undefined, fileOf));
    return [job];
  });
}

function stepsOf(
  file: SourceFile,
  job: Job,
  list: Node | undefined,
  caller: Step | undefined,
  fileOf: Repository["fileOf"],
): Step[] {
  const { yaml } = file;
  return yaml.items(list).flatMap((item) => {
    const node = yaml.map(item);
    if (!node) return [];
    const action = stringScalar(yaml.at(node, "uses"));
    const retried = isRetry(action?.value) && stringScalar(yaml.at(node, "with", "command"));
    const run = retried || stringScalar(yaml.at(node, "run"));
    const uses = retried ? undefined : action;
    const step: Step = { file, job, node, line: file.lineOf(node), uses, run, caller };
    const local = uses && fileOf(uses.value, "action");
    if (!local || !isComposite(local) || depthOf(step) >= deepestAction) return [step];
    const runs = local.yaml.at(local.root, "runs");
    return stepsOf(local, job, local.yaml.at(runs, "steps"), step, fileOf);
  });
}

/** An action that runs its input `command` as a script of the step, more than once if need be. */
function isRetry(uses = ""): boolean {
  return /^nick-(?:fields|invision)\/retry@/i.test(uses.trim());
}

function isComposite({ yaml, root }: SourceFile): boolean {
  return textOf(yaml.at(root, "runs", "using"))?.toLowerCase() === "composite";
}

function depthOf({ caller }: Step): number {
  return caller ? depthOf(caller) + 1 : 0;
}

/** Whether a job calls a workflow of another repository. */
export function callsElsewhere({ uses }: Job): boolean {
  return uses !== undefined && !/^[.$]\//.test(uses.value);
}

/** The job of a step, or a job that calls a workflow itself. */
export function jobOf(place: Step | Job): Job {
  return "job" in place ? place.job : place;
}

/** The step around it that belongs to this file. */
export function ownerOf(step: Step, file: SourceFile): Step {
  return step.file === file || !step.caller ? step : ownerOf(step.caller, file);
}

/** What a step gives its action, or a job the workflow that it calls; names have any case. */
export function inputOf(
  { file, node }: { file: SourceFile; node: YAMLMap },
  name: string,
): Node | undefined {
  return file.yaml.at(node, "with", name);
}

/** Where a step finds a variable: the nearest `env` around it that sets it. */
export function variableOf(
  step: Step,
  name: string,
): { node: Node; file: SourceFile; level: "step" | "caller" | "job" | "workflow" } | undefined {
  const own = step.file.yaml.at(step.node, "env", name);
  if (own) return { node: own, file: step.file, level: step.caller ? "caller" : "step" };
  if (step.caller) {
    const found = variableOf(step.caller, name);
    return found && { ...found, level: found.level === "step" ? "caller" : found.level };
  }
  const { job } = step;
  const { yaml, root } = job.file;
  const ofJob = yaml.at(job.node, "env", name);
  if (ofJob) return { node: ofJob, file: job.file, level: "job" };
  const ofWorkflow = yaml.at(root, "env", name);
  return ofWorkflow && { node: ofWorkflow, file: job.file, level: "workflow" };
}

/** Whether a script of a job sets a variable for later steps, to something that only the run knows. */
export function isSetInRun({ steps }: Job, name: string): boolean {
  const set = new RegExp(`(?<![\\w-])${name.replaceAll(/\W/g, "")}(?:=|<<)`, "i");
  return steps.some(
    ({ run }) => run !== undefined && /GITHUB_ENV/.test(run.value) && set.test(run.value),
  );
}

/** Secrets that a reusable workflow declares, in lower case. */
export function declaredSecrets({ yaml, root }: SourceFile): ReadonlySet<string> {
  const secrets = yaml.entries(yaml.at(root, "on", "workflow_call", "secrets"));
  return new Set(secrets.map(({ key }) => key.toLowerCase()));
}
