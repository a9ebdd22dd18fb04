import { workflowPatterns } from "./workflow-options.ts";
import type { WorkflowOptions } from "./workflow-options.ts";

/** Control characters, halves of characters, and separators that YAML readers disagree about. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\uFEFF]/u;

/**
 * Throws unless every value is one that stays inert in a rendered workflow.
 *
 * The fleet's schema judges names before this; here the renderer guards its own promise, so it holds
 * for every caller. The message lists all problems, each with repository, option and reason; it does
 * not quote values of build arguments.
 */
export function assertWorkflowOptions(options: WorkflowOptions): void {
  const problems = [
    ...nameProblems(options),
    ...textProblems(options),
    ...buildArgProblems(options),
  ];
  if (problems.length === 0) return;
  const where = `${options.owner}/${options.repository}`;
  throw new RangeError(problems.map((problem) => `${where}: ${problem}`).join("\n"));
}

function nameProblems(options: WorkflowOptions): string[] {
  const names: [option: string, value: string, pattern: RegExp][] = [
    ["owner", options.owner, workflowPatterns.owner],
    ["image", options.image, workflowPatterns.image],
    ["secretName", options.secretName, workflowPatterns.secretName],
    ["runner", options.runner, workflowPatterns.runner],
    ...options.platforms.map((value, index): [string, string, RegExp] => [
      `platforms[${index}]`,
      value,
      workflowPatterns.platform,
    ]),
  ];
  const problems = names
    .filter(([, value, pattern]) => !pattern.test(value))
    .map(([option, value, pattern]) => `${option} ${JSON.stringify(value)} must match ${pattern}`);
  const minutes = options.timeoutMinutes;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 360)
    problems.push(`timeoutMinutes ${minutes} must be a whole number from 1 to 360`);
  return problems;
}

function textProblems(options: WorkflowOptions): string[] {
  const texts: [option: string, value: string][] = [
    ["defaultBranch", options.defaultBranch],
    ["context", options.context],
    ["dockerfile", options.dockerfile],
  ];
  return texts.flatMap(([option, value]) => {
    if (value === "" || value !== value.trim())
      return [`${option} must not be empty, and not begin or end with a space`];
    if (unprintable.test(value))
      return [`${option} must not contain control characters or line breaks`];
    return expressionProblems(option, value);
  });
}

function buildArgProblems({ buildArgs }: WorkflowOptions): string[] {
  return Object.entries(buildArgs).flatMap(([name, value]) => {
    const option = `buildArgs.${name}`;
    if (!workflowPatterns.buildArgName.test(name))
      return [`buildArgs: ${JSON.stringify(name)} must match ${workflowPatterns.buildArgName}`];
    if (value !== value.trimEnd())
      return [`${option} must not end with white space: docker/build-push-action drops it`];
    if (unprintable.test(value.replace(/[\n\t]/g, "")))
      return [`${option} must not contain control characters other than tab and line feed`];
    return expressionProblems(option, value);
  });
}

/** `${{` is evaluated by GitHub Actions, `{{` in a context by docker/build-push-action. */
function expressionProblems(option: string, value: string): string[] {
  if (value.includes("${{"))
    return [`${option} must not contain "\${{": GitHub Actions would evaluate it`];
  if (option === "context" && value.includes("{{"))
    return [`${option} must not contain "{{": docker/build-push-action would evaluate it`];
  return [];
}
