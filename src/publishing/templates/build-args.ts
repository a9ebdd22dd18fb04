import type { WorkflowOptions } from "./workflow-options.ts";

/**
 * The lines of build-push-action's input `build-args`, sorted by name.
 *
 * The action reads that input as CSV, so an entry with a quote, a comma or a line break is quoted:
 * https://github.com/docker/build-push-action#inputs
 */
export function buildArgLines(buildArgs: WorkflowOptions["buildArgs"]): string[] {
  return Object.entries(buildArgs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => csvField(`${name}=${value}`));
}

function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
