import type { GitHubClient } from "../../github/client/github-client.ts";
import { deliveryOf } from "../../stack/engine-change.ts";
import { estimateBudget } from "../budget/estimate-budget.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import type { Texts } from "./compare-files.ts";
import { clipped } from "./markdown.ts";
import { createEventLog, type EventLog } from "./event-log.ts";
import { readBranchTexts } from "./read-branch-texts.ts";
import { groupChanges, readChanges, type PlannedChange } from "./read-changes.ts";
import { readDrift } from "./read-drift.ts";
import { readRules } from "./read-rules.ts";
import { readToken } from "./read-token.ts";
import type { Drift, StackPreview } from "./stack-preview.ts";
import { trimPlan } from "./trim-plan.ts";

export interface PreviewOptions {
  readonly github: GitHubClient;
  /** Folders of policy packs, each with a configuration file or none. */
  readonly policyPacks: string[];
  readonly policyPackConfigs?: string[];
  /** Does without the value of the PAT: the stack's environment has to say so to the program, too. */
  readonly withheld: boolean;
  /** File to save the plan in, for `pulumi up --plan`. It holds what was asked for, not the drift. */
  readonly plan?: string | undefined;
  /** What is not tried, in words. */
  readonly untried: readonly string[];
  readonly now: Date;
}

/**
 * What an update of a stack would do, without doing it. One run of the engine tells both what is
 * asked for and what drifted, because it looks at GitHub first; where it may not look at
 * everything, a second run does without, and the drift stays open.
 *
 * Never throws for what the engine says: it is in `failures`.
 */
export async function previewStack(
  stack: OpenStack,
  options: PreviewOptions,
): Promise<StackPreview> {
  const packs = {
    policyPacks: options.policyPacks,
    ...(options.policyPackConfigs && { policyPackConfigs: options.policyPackConfigs }),
  };
  const looked = await runPreview(stack, { ...packs, refresh: true });
  // The engine looks at each resource when the program asks for it: some may be planned already.
  const blind = looked.failed && !isRefused(looked);
  const run = blind ? await runPreview(stack, packs) : looked;
  const drift: Drift = blind
    ? { judged: false, reason: whyBlind(looked) }
    : { judged: true, resources: readDrift(looked.log) };
  const result = await readResult(stack, run, drift, options);
  if (options.plan === undefined || result.outcome !== "ready") return result;
  const saved = await runPreview(stack, { ...packs, plan: options.plan });
  if (saved.failed) return { ...result, outcome: "failed", failures: saved.failures };
  await trimPlan(options.plan);
  return result;
}

interface PreviewRun {
  readonly log: EventLog;
  readonly failed: boolean;
  readonly failures: readonly string[];
}

type EngineOptions = NonNullable<Parameters<OpenStack["automation"]["preview"]>[0]>;

async function runPreview({ automation }: OpenStack, own: EngineOptions): Promise<PreviewRun> {
  const log = createEventLog();
  try {
    await automation.preview({ ...own, onEvent: log.onEvent });
    return { log, failed: false, failures: [] };
  } catch (error) {
    const failures = log.errors.size > 0 ? [...log.errors] : [lastWords(error)];
    return { log, failed: true, failures };
  }
}

async function readResult(
  stack: OpenStack,
  { log, failed, failures }: PreviewRun,
  drift: Drift,
  { github, withheld, untried, now }: PreviewOptions,
): Promise<StackPreview> {
  const branches = await readBranchTexts(github, log).catch((): Map<string, Texts> => new Map());
  const changes = readChanges(log, branches, withheld);
  const rules = readRules(log.policies);
  const refused = rules.rules.some(({ level }) => level === "mandatory");
  return {
    stack: stack.name,
    outcome: refused ? "refused" : failed ? "failed" : "ready",
    changes: groupChanges(changes),
    drift,
    ...rules,
    budget: failed && !refused ? undefined : budgetOf(stack, log, changes),
    token: readToken(log, withheld, now),
    warnings: [...log.warnings],
    // A refusal is no accident: the rules say all about it.
    failures: refused ? [...log.errors] : failures,
    untried,
  };
}

/** Ended by nothing but a mandatory rule, which a second run would break as well. */
function isRefused({ log }: PreviewRun): boolean {
  const { rules } = readRules(log.policies);
  return log.errors.size === 0 && rules.some(({ level }) => level === "mandatory");
}

/** The token may not look at everything, or GitHub does not answer: what was said first. */
function whyBlind({ failures: [first = "the refresh failed", ...others] }: PreviewRun): string {
  const more = others.length > 0 ? `, and ${others.length} more like it` : "";
  return `${clipped(first, 300)}${more}`;
}

function budgetOf(
  { settings }: OpenStack,
  { planned }: EventLog,
  changes: readonly PlannedChange[],
) {
  const repositories = [...planned.values()].filter(
    ({ type }) => type === "ghcr-fleet:index:FleetRepository",
  );
  const steps = changes.map(({ step, repository }) => ({
    ...step,
    repository,
    fields: step.paths.map((path) => path.split(/[.[]/)[0] ?? path),
    ...deliveryOf(step.after?.inputs),
  }));
  return estimateBudget(steps, {
    repositories: repositories.length,
    refreshed: [...planned.values()].filter(({ before }) => before).map(({ urn }) => urn),
    pace: settings.pace,
  });
}

/** The engine ended without an event that says why: its last error says it. */
function lastWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const said = text.split("\n").filter((line) => /^\s*error: /.test(line));
  return said.at(-1)?.trim() ?? "the engine ended without a word; run `pulumi preview` to see more";
}
