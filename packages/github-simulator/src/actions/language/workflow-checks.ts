import type { MappingToken } from "@actions/workflow-parser/templates/tokens/mapping-token";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { evaluateToken, type Json, toText } from "./expression.ts";
import { isBasicExpression, isMapping } from "./github-language.ts";
import { permissionBeyond, type Permissions, resolvePermissions } from "./permissions.ts";
import { literalText } from "./scalars.ts";
import type { CallJob, FilePlace, JobDefinition, WorkflowFile } from "./workflow-file.ts";

/*
 * What GitHub refuses in a workflow file, and its parser for editors does not: each check returns
 * GitHub's reason, or nothing.
 */

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onpushpull_requestpull_request_targetpathspaths-ignore */
export function doubleFilter(root: MappingToken, path: string): string | undefined {
  const on = root.find("on");
  for (const { value: event } of on !== undefined && isMapping(on) ? on : []) {
    for (const { key, value } of isMapping(event) ? event : []) {
      const name = key.toString();
      const other = `${name}-ignore`;
      if (!isMapping(event) || event.find(other) === undefined) continue;
      const place = `${path} (Line: ${value.line ?? 0}, Col: ${value.col ?? 0})`;
      return `${place}: you may only define one of \`${name}\` and \`${other}\` for a single event`;
    }
  }
  return undefined;
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#providing-inputs */
export function tooManyInputs({ place, dispatchInputs }: WorkflowFile): string | undefined {
  if ((dispatchInputs?.count ?? 0) <= 25) return undefined;
  return `${place.path}: you may only define up to 25 \`inputs\` for a \`workflow_dispatch\` event`;
}

/** Every job has steps or calls a workflow. */
export function withoutSteps({ place, jobs }: WorkflowFile): string | undefined {
  const empty = jobs.filter((job) => job.kind === "steps" && job.steps.length === 0);
  if (empty.length === 0) return undefined;
  const names = empty.map(({ id }) => id).join(", ");
  return `${place.path}: No steps defined in \`steps\` and no workflow called in \`uses\` for the following jobs: ${names}`;
}

/** What is written into the file has the type of the input; expressions are checked when the job starts. */
export function wrongInput({ place }: WorkflowFile, job: JobDefinition): string | undefined {
  for (const input of job.kind === "call" ? callInputs(place, job) : []) {
    if (input.token === undefined || isBasicExpression(input.token)) continue;
    try {
      typeInput(input, evaluateToken(input.token, { contexts: {} }));
    } catch (error) {
      return (error as Error).message;
    }
  }
  return undefined;
}

/** The jobs of a called workflow must not request more than the calling job has. */
export function beyondCaller(
  workflow: WorkflowFile,
  job: JobDefinition,
  fallback: Permissions,
): string | undefined {
  if (job.kind !== "call") return undefined;
  const own = job.token.find("permissions") ?? workflow.permissions;
  const limit = resolvePermissions([own], fallback);
  for (const nested of job.called.jobs) {
    const asked = nested.token.find("permissions") ?? job.called.permissions;
    const beyond = permissionBeyond(asked, limit);
    if (beyond === undefined) continue;
    const { line = 0, col = 0 } = job.token;
    return (
      `${workflow.place.path} (Line: ${line}, Col: ${col}): ` +
      `Error calling workflow '${job.uses}'. The nested job '${nested.id}' is requesting ` +
      `'${beyond.scope}: ${beyond.asked}', but is only allowed '${beyond.scope}: ${beyond.allowed}'.`
    );
  }
  return undefined;
}

/** An input of a called workflow. */
interface CallInput {
  readonly name: string;
  /** `boolean`, `number` or `string` */
  readonly type: string;
  /** What the caller gives, else the default. */
  readonly token: TemplateToken | undefined;
  readonly isGiven: boolean;
  /** The file of the token. */
  readonly path: string;
}

/** @param caller the file of the job */
export function callInputs(caller: FilePlace, { token, called }: CallJob): CallInput[] {
  const given = token.find("with");
  const values = given !== undefined && isMapping(given) ? Array.from(given) : [];
  return Array.from(called.call.inputs ?? [], ({ key, value: definition }) => {
    const name = key.toString();
    const part = (field: string) =>
      isMapping(definition) ? (definition.find(field) ?? undefined) : undefined;
    const own = values.find((each) => each.key.toString().toLowerCase() === name.toLowerCase());
    return {
      name,
      type: literalText(part("type")) ?? "string",
      token: own?.value ?? part("default"),
      isGiven: own !== undefined,
      path: own === undefined ? called.place.path : caller.path,
    };
  });
}

/**
 * A value as the type of an input requires it. Strings are not converted to another type.
 * @throws Error in GitHub's wording
 * @see https://github.com/actions/runner/blob/main/src/Sdk/WorkflowParser/Conversion/WorkflowTemplateConverter.cs
 */
export function typeInput({ type, token, path }: CallInput, value: Json): Json {
  if (token === undefined) return type === "boolean" ? false : type === "number" ? 0 : "";
  if (type === "string") return toText(value);
  if (typeof value === type) return value;
  const place = `${path} (Line: ${token.line ?? 0}, Col: ${token.col ?? 0})`;
  throw new Error(`${place}: Unexpected value '${toText(value)}'`);
}
