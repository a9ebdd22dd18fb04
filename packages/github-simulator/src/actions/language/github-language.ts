import type { MappingDefinition } from "@actions/workflow-parser/templates/schema/mapping-definition";
import { registerHooks } from "node:module";

/**
 * GitHub's own workflow parser and expression language.
 *
 * The parser imports its JSON schema without an import attribute, which Node refuses
 * (https://nodejs.org/api/esm.html#import-attributes), so a hook adds it. The hook must exist
 * before the parser is linked, so the imports are below the registration.
 */
const hooks = registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const ofParser = context.parentURL?.includes("/@actions/workflow-parser/") ?? false;
    return ofParser && specifier.endsWith(".json")
      ? { ...resolved, importAttributes: { type: "json" } }
      : resolved;
  },
});

export const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } =
  await import("@actions/workflow-parser");
export const { isBasicExpression, isBoolean, isMapping, isNumber, isSequence, isString } =
  await import("@actions/workflow-parser");
export const { ErrorPolicy } = await import("@actions/workflow-parser/model/convert");
export const { convertActionTemplate, getActionSchema } =
  await import("@actions/workflow-parser/actions/index");
export const { TemplateContext, TemplateValidationErrors } =
  await import("@actions/workflow-parser/templates/template-context");
export const { readTemplate } = await import("@actions/workflow-parser/templates/template-reader");
export const { YamlObjectReader } =
  await import("@actions/workflow-parser/workflows/yaml-object-reader");
export const { Evaluator, Lexer, Parser, data } = await import("@actions/expressions");
export const { equals } = await import("@actions/expressions/result");
export const { TokenType } = await import("@actions/expressions/lexer");
export const { reviver } = await import("@actions/expressions/data/reviver");
export const { replacer } = await import("@actions/expressions/data/replacer");

const { getWorkflowSchema } = await import("@actions/workflow-parser/workflows/workflow-schema");
// The schema has the name of another event here, so the parser refuses `on: repository_dispatch`:
// https://github.com/actions/languageservices/blob/main/workflow-parser/src/workflow-v1.0.json
Object.assign(getWorkflowSchema().definitions["repository-dispatch-string"] ?? {}, {
  constant: "repository_dispatch",
});

/** The scopes of `permissions`: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions */
export const permissionsMapping = getWorkflowSchema().definitions[
  "permissions-mapping"
] as MappingDefinition;

// Otherwise every later module would be slower to load.
hooks.deregister();
