import type { Step } from "@actions/workflow-parser/model/workflow-template";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import {
  convertActionTemplate,
  ErrorPolicy,
  getActionSchema,
  isMapping,
  isSequence,
  NoOperationTraceWriter,
  readTemplate,
  TemplateContext,
  TemplateValidationErrors,
  YamlObjectReader,
} from "./github-language.ts";
import { joinScalars, literalText } from "./scalars.ts";
import type { StepDefinition } from "./workflow-file.ts";

/** An action that consists of steps. Everything that may contain an expression stays a token. */
export interface CompositeAction {
  /** By name in lower case, with the default value. */
  readonly inputs: ReadonlyMap<string, TemplateToken | undefined>;
  readonly outputs: ReadonlyMap<string, TemplateToken | undefined>;
  readonly steps: readonly StepDefinition[];
}

/**
 * Reads an `action.yml`.
 * @param name its name in errors
 * @throws Error for a file that the runner rejects, or for an unsupported kind of action
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
 */
export function loadAction(name: string, content: string): CompositeAction {
  const errors = new TemplateValidationErrors();
  const context = new TemplateContext(errors, getActionSchema(), new NoOperationTraceWriter());
  const file = context.getFileId(name);
  const reader = new YamlObjectReader(file, joinScalars(content));
  for (const { message, range } of reader.errors) context.error(file, message, range);
  // Like the runner: fields that only the marketplace needs, such as a description, may be absent.
  const root =
    reader.errors.length > 0 ? undefined : readTemplate(context, "action-root", reader, file);
  const fail = (): never => {
    const reasons = errors.getErrors().map((error) => error.message);
    throw new Error([`Failed to load ${name}`, ...reasons].join("\n"));
  };
  if (root === undefined || errors.getErrors().length > 0) return fail();
  const runs = isMapping(root) ? root.find("runs") : undefined;
  if (runs === undefined || !isMapping(runs)) {
    throw new Error(`Failed to load ${name}\nTop level 'runs:' section is required for ${name}`);
  }
  const using = literalText(runs.find("using"));
  if (using !== "composite") {
    throw new Error(
      `the simulator runs composite actions only: ${name} is made for '${using ?? "?"}'`,
    );
  }
  const errorPolicy = ErrorPolicy.ReturnErrorsOnly;
  const template = convertActionTemplate(context, root, { errorPolicy });
  if (errors.getErrors().length > 0 || template.runs.using !== "composite") return fail();
  const steps = runs.find("steps");
  const tokens = steps !== undefined && isSequence(steps) ? Array.from(steps) : [];
  return {
    inputs: new Map(template.inputs?.map((each) => [each.id.toLowerCase(), each.default])),
    outputs: new Map(template.outputs?.map(({ id, value }) => [id, value])),
    steps: template.runs.steps.map((step, index) =>
      describeStep({ ...step, id: step.id || `__run_${index}` }, tokens[index]),
    ),
  };
}

/** @throws Error for a step with neither `run` nor `uses` */
export function describeStep(step: Step, token: TemplateToken | undefined): StepDefinition {
  if (token === undefined || !isMapping(token) || step.if === undefined) {
    throw new Error(`the simulator runs steps with "run" or "uses" only`);
  }
  return { id: step.id, hasOwnId: token.find("id") !== undefined, token, condition: step.if };
}
