import { readFile, writeFile } from "node:fs/promises";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import type { GitHubClient } from "../../github/client/github-client.ts";
import type { StoredTexts } from "../../github/contents/stored-texts.ts";
import { changeOf, repositoryOf } from "../../stack/engine-change.ts";
import { namedScopes } from "../../fleet/resolve-fleet.ts";
import { selectionNeeds } from "../../fleet/selection/selectors.ts";
import { readAccount } from "../../github/repositories/read-account.ts";
import { isRemovalRefusal } from "../../fleet/removal-guard.ts";
import { estimateBudget } from "../budget/estimate-budget.ts";
import { missingRights, missingRightWords, type MissingRight } from "../doctor/missing-rights.ts";
import { rightsOfPreview } from "../doctor/required-rights.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import { ghcrType } from "../../stack/resource-types.ts";
import { credentialMoves } from "./credential-moves.ts";
import { readDeliveries } from "./deliveries.ts";
import { warnOfHidingSecrets } from "./hiding-secrets.ts";
import { createEventLog, type EventLog } from "./event-log.ts";
import { noTexts, readFileTexts } from "./file-texts.ts";
import { groupChanges, plannedChanges, type PlannedChange } from "./planned-changes.ts";
import { refreshedDrift, waitingForMerge } from "./refreshed-drift.ts";
import { readSkipped } from "./read-skipped.ts";
import { leftBehind } from "./left-behind.ts";
import { warnOfRenames } from "./renamed-secrets.ts";
import { warnOfUnreadable } from "./recorded-lists.ts";
import { ruleResults } from "./rule-results.ts";
import type { Drift, StackPreview, TokenOutlook } from "./stack-preview.ts";
import { isUnknown } from "./diff-properties.ts";
import { rightsOfUpdate } from "./update-rights.ts";
import { clipped, wholeDays } from "../../format-text.ts";

export interface PreviewOptions {
  readonly github: GitHubClient;
  /** Where the provider stores texts of workflow files. */
  readonly stored: StoredTexts;
  /** Folders of policy packs, each with a configuration file or none. */
  readonly policyPacks: string[];
  readonly policyPackConfigs?: string[];
  /** Run without the value of the PAT; the stack's environment must inform the program, too. */
  readonly withheld: boolean;
  /** File for the plan, for `pulumi up --plan`. It contains the declared changes, not the drift. */
  readonly plan?: string | undefined;
  /** What this preview does not try, in words. */
  readonly untried: readonly string[];
  /** Whether another admin token applies the update: then this one may only read. */
  readonly isForOthers: boolean;
  readonly now: Date;
}

/**
 * What an update of a stack would do. One run of the engine shows both the declared changes and the drift,
 * because it refreshes first. Where the refresh fails, a second run does without it, and the drift is not
 * judged.
 *
 * Errors of the engine are not thrown: they are in `failures`.
 */
export async function previewStack(
  stack: OpenStack,
  options: PreviewOptions,
): Promise<StackPreview> {
  const packs = {
    policyPacks: options.policyPacks,
    ...(options.policyPackConfigs && { policyPackConfigs: options.policyPackConfigs }),
  };
  const refreshed = await runPreview(stack, { ...packs, refresh: true });
  // The engine refreshes each resource when the program declares it, so some may be planned already.
  const isBlind = refreshed.failed && !isRefused(refreshed) && !removesTooMany(refreshed);
  const run = isBlind ? await runPreview(stack, packs) : refreshed;
  const refusal = removesTooMany(run) ? "the update is refused before anything is read" : undefined;
  const blind = isBlind ? whyBlind(refreshed) : refusal;
  const result = await describePreview(stack, run, blind, options);
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

type EngineOptions = NonNullable<Parameters<Stack["preview"]>[0]>;

async function runPreview({ engine }: OpenStack, own: EngineOptions): Promise<PreviewRun> {
  const stack = await engine.automation();
  const log = createEventLog();
  try {
    await stack.preview({ ...own, onEvent: log.onEvent });
    return { log, failed: false, failures: [] };
  } catch (error) {
    const failures = log.errors.size > 0 ? [...log.errors] : [lastError(error)];
    return { log, failed: true, failures };
  }
}

/**
 * A run of the engine in the terms of people.
 *
 * @param blind why the run says nothing about drift; absent where it refreshed
 */
export async function describePreview(
  stack: OpenStack,
  { log, failed, failures }: PreviewRun,
  blind: string | undefined,
  { github, stored, withheld, untried, isForOthers, now }: Omit<PreviewOptions, "policyPacks">,
): Promise<StackPreview> {
  const texts = await readFileTexts(github, stored, log).catch(() => noTexts);
  const changes = plannedChanges(log, texts, withheld);
  const drift: Drift =
    blind === undefined
      ? { judged: true, resources: refreshedDrift(log, texts) }
      : { judged: false, reason: blind };
  const rules = ruleResults(log);
  const refused = rules.rules.some(({ level }) => level === "mandatory");
  const skipped = readSkipped(log);
  const missing = await readMissingRights(stack, github, log, failed && !refused);
  const deliveries = await readDeliveries(github, changes);
  const isOverLimit = failures.some(isRemovalRefusal);
  const isUnable = missing.length > 0 && !isForOthers;
  return {
    stack: stack.name,
    outcome: refused || isOverLimit ? "refused" : failed || isUnable ? "failed" : "ready",
    changes: groupChanges(changes, deliveries, credentialMoves(log)),
    skipped: skipped.repositories,
    waiting: waitingForMerge(log),
    leftBehind: leftBehind(log, changes),
    drift,
    ...rules,
    budget: failed && !refused ? undefined : budgetOf(stack, log, changes),
    token: readTokenOutlook(log, { failed, withheld, now }),
    warnings: [
      ...log.warnings,
      ...warnOfUnreadable(log),
      ...skipped.warnings,
      ...warnOfRenames(log, deliveries),
      ...(await warnOfHidingSecrets(github, log, stack.name)),
    ],
    // The rules explain a refusal.
    failures: refused ? [...log.errors] : failures,
    untried: isForOthers ? [...untried, ...missing.map(ofThisToken)] : untried,
    missingRights: isForOthers ? [] : missing,
  };
}

function ofThisToken(missing: MissingRight): string {
  return `whether the token that applies the update may do it: of this preview's, ${missingRightWords(missing)}`;
}

/** @param isBlind the preview failed, so that not all of the update is known */
async function readMissingRights(
  { connection, settings }: OpenStack,
  github: GitHubClient,
  { planned }: EventLog,
  isBlind: boolean,
): Promise<MissingRight[]> {
  const steps = [...planned.values()];
  const repository = steps.map(({ urn }) => repositoryOf(urn)).find((name) => name !== undefined);
  const uses = rightsOfUpdate(steps);
  if (isBlind) {
    const account = await readAccount(github, connection.owner).catch(() => undefined);
    const ownerKind = account?.ownerKind ?? "User";
    const scopes = namedScopes(settings, ownerKind);
    const selectsTeams = selectionNeeds(settings.repositories).teams.length > 0;
    uses.push(rightsOfPreview({ ownerKind, scopes, selectsTeams }));
  }
  return missingRights({ github, connection, repository }, uses);
}

/** Failed only because of a mandatory rule, which a second run would break as well. */
function isRefused({ log }: PreviewRun): boolean {
  const { rules } = ruleResults(log);
  return log.errors.size === 0 && rules.some(({ level }) => level === "mandatory");
}

/** The provider judges the fleet before any of its resources is read. */
function removesTooMany({ failures }: PreviewRun): boolean {
  return failures.some(isRemovalRefusal);
}

/** The first failure: the token may not read everything, or GitHub does not answer. */
function whyBlind({ failures: [first = "the refresh failed", ...others] }: PreviewRun): string {
  const more = others.length > 0 ? `, and ${others.length} more like it` : "";
  return `${clipped(first, 300)}${more}`;
}

function budgetOf(
  { settings }: OpenStack,
  { planned }: EventLog,
  changes: readonly PlannedChange[],
) {
  const repositories = [...planned.values()].filter(({ type }) => type === ghcrType.publishing);
  const steps = changes.map(({ step, repository }) => ({ ...changeOf(step), repository }));
  return estimateBudget(steps, {
    repositories: repositories.length,
    refreshed: [...planned.values()].filter(({ before }) => before).map(({ urn }) => urn),
    pace: settings.pace,
  });
}

/** The last error in the engine's output, where no event explains the failure. */
function lastError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const errors = text.split("\n").filter((line) => /^\s*error: /.test(line));
  return (
    errors.at(-1)?.trim() ?? "the engine ended without a message; run `pulumi preview` to see more"
  );
}

const planSchema = z.looseObject({ config: z.record(z.string(), z.unknown()).optional() });

/**
 * Removes secret configuration from a saved plan. The engine writes it there encrypted and does not
 * read it when it applies the plan; a file without it cannot leak it.
 */
async function trimPlan(file: string): Promise<void> {
  const { config = {}, ...plan } = planSchema.parse(JSON.parse(await readFile(file, "utf8")));
  const plain = Object.entries(config).filter(([, value]) => !isSecret(value));
  const trimmed = { ...plan, config: Object.fromEntries(plain) };
  await writeFile(file, `${JSON.stringify(trimmed, null, 4)}\n`);
}

function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}

/** What is known of the publishing PAT: from now, or from the last update where it was withheld. */
function readTokenOutlook(
  { planned }: Pick<EventLog, "planned">,
  { failed, withheld, now }: { failed: boolean; withheld: boolean; now: Date },
): TokenOutlook {
  const step = [...planned.values()].find(({ type }) => type === ghcrType.token);
  const { owner, expiresAt } = step?.after?.inputs ?? {};
  const end = textOf(expiresAt);
  const left = end === undefined ? Number.NaN : wholeDays(now.toISOString(), end);
  return {
    // A run that failed may not have come to it.
    used: step?.after !== undefined || failed,
    owner: textOf(owner),
    expiresAt: end,
    daysLeft: Number.isNaN(left) ? undefined : left,
    withheld,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}
