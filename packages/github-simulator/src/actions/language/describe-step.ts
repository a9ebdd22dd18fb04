import type { Step } from "@actions/workflow-parser/model/workflow-template";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { isMapping } from "./github-language.ts";
import type { StepDefinition } from "./workflow-file.ts";

/** @throws Error for a step with neither `run` nor `uses` */
export function describeStep(step: Step, token: TemplateToken | undefined): StepDefinition {
  if (token === undefined || !isMapping(token) || step.if === undefined) {
    throw new Error(`the simulator runs steps with "run" or "uses" only`);
  }
  return { id: step.id, hasOwnId: token.find("id") !== undefined, token, condition: step.if };
}
