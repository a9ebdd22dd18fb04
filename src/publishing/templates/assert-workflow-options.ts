import type { Runner } from "../../fleet/images/image-settings.ts";
import { elsewhere } from "../../fleet/inert-texts.ts";
import { namePatterns } from "../../fleet/name-patterns.ts";
import { unprintable } from "../../printable.ts";
import type {
  CentralWorkflow,
  ImageOptions,
  SharedOptions,
  WorkflowOptions,
} from "./workflow-options.ts";

/**
 * Throws unless every value is one that stays inert in a rendered workflow.
 *
 * The fleet's schema judges names before this; here the renderer guards its own promise, so it holds
 * for every caller. The message lists all problems, each with repository, option and reason; it does
 * not quote values of build arguments.
 */
export function assertWorkflowOptions(options: WorkflowOptions): void {
  const images = options.images ?? [options];
  const problems = [
    ...nameProblems(options),
    ...textProblems({ defaultBranch: options.defaultBranch, jobName: options.jobName }),
    ...images.flatMap((image) => [
      ...imageNameProblems(image, options.secretName),
      ...textProblems({ context: image.context, dockerfile: image.dockerfile }),
      ...buildArgProblems(image),
    ]),
  ];
  if (problems.length === 0) return;
  const where = `${options.owner}/${options.repository}`;
  throw new RangeError(problems.map((problem) => `${where}: ${problem}`).join("\n"));
}

/** Throws unless a caller may refer to this. */
export function assertCentralWorkflow({ repository, ref, version = "v1" }: CentralWorkflow): void {
  assertMatches("central.repository", repository, namePatterns.centralRepository);
  assertMatches("central.ref", ref, namePatterns.centralRef);
  assertMatches("central.version", version, namePatterns.centralRef);
}

/** Throws unless a shared workflow may have these settings. */
export function assertSharedOptions(options: SharedOptions): void {
  assertWorkflowOptions({
    ...options,
    owner: "owner",
    repository: "the shared workflow",
    defaultBranch: "main",
    image: "image",
    visibility: "private",
  });
}

function assertMatches(option: string, value: string, pattern: RegExp): void {
  const problem = patternProblem(option, value, pattern);
  if (problem) throw new RangeError(problem);
}

function patternProblem(option: string, value: string, pattern: RegExp): string | undefined {
  return pattern.test(value)
    ? undefined
    : `${option} ${JSON.stringify(value)} must match ${pattern}`;
}

function nameProblems(options: WorkflowOptions): string[] {
  const problems = [
    patternProblem("registry", options.registry, namePatterns.registry),
    patternProblem("owner", options.owner, namePatterns.owner),
    patternProblem("defaultBranch", options.defaultBranch, namePatterns.branch),
    patternProblem("secretName", options.secretName, namePatterns.secret),
    minutesProblem(options.timeoutMinutes),
  ];
  return problems.filter((problem) => problem !== undefined);
}

function imageNameProblems(options: ImageOptions, secretName: string): string[] {
  const { image, target, platforms, runner, runners = {}, secrets = {} } = options;
  const problems = [
    patternProblem("image", image, namePatterns.image),
    target === undefined ? undefined : patternProblem("target", target, namePatterns.target),
    ...platforms.map((platform, index) =>
      patternProblem(`platforms[${index}]`, platform, namePatterns.platform),
    ),
    ...runnerProblems("runner", runner),
    ...Object.entries(runners).flatMap(([platform, own]) => [
      patternProblem("runners", platform, namePatterns.platform),
      ...runnerProblems(`runners.${platform}`, own),
    ]),
    ...Object.entries(secrets).flatMap(([id, name]) => [
      patternProblem("secrets", id, namePatterns.buildSecret),
      patternProblem(`secrets.${id}`, name, namePatterns.secret),
      name.toUpperCase() === secretName.toUpperCase()
        ? `secrets.${id} must not be the secret that publishes`
        : undefined,
    ]),
  ];
  return problems.filter((problem) => problem !== undefined);
}

function runnerProblems(option: string, runner: Runner): (string | undefined)[] {
  if (typeof runner === "string") return [patternProblem(option, runner, namePatterns.runner)];
  if (!("group" in runner)) return runner.flatMap((label) => runnerProblems(option, label));
  const { group, labels } = runner;
  return [
    ...(labels === undefined ? [] : runnerProblems(`${option}.labels`, labels)),
    ...textProblems({ [`${option}.group`]: group }),
  ];
}

/** GitHub stops a job of a hosted runner after six hours, whatever the workflow says. */
function minutesProblem(minutes: number): string | undefined {
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= 360) return undefined;
  return `timeoutMinutes ${minutes} must be a whole number from 1 to 360`;
}

function textProblems(texts: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(texts).flatMap(([option, value]) => {
    if (value === undefined) return [];
    if (value === "" || value !== value.trim())
      return [`${option} must not be empty, and not begin or end with a space`];
    if (unprintable.test(value))
      return [`${option} must not contain control characters or line breaks`];
    if (option === "context" && value.startsWith("-"))
      return [`${option} must not begin with "-": docker would take it for an option; write ./-`];
    if (option !== "defaultBranch" && elsewhere.test(value))
      return [`${option} must be in the repository: docker would load it from another host`];
    return expressionProblems(option, value);
  });
}

function buildArgProblems({ buildArgs }: ImageOptions): string[] {
  return Object.entries(buildArgs).flatMap(([name, value]) => {
    const option = `buildArgs.${name}`;
    if (!namePatterns.buildArg.test(name))
      return [`buildArgs: ${JSON.stringify(name)} must match ${namePatterns.buildArg}`];
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
