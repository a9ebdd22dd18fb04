import { registerHooks } from "node:module";

/**
 * GitHub's own workflow parser.
 *
 * It imports its JSON schema without an import attribute, which Node refuses
 * (https://nodejs.org/api/esm.html#import-attributes), so a hook adds it. The hook must exist before
 * the parser is linked, so the imports are below the registration.
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
export const { parseAction } = await import("@actions/workflow-parser/actions/index");

// Otherwise every later module would be slower to load.
hooks.deregister();
