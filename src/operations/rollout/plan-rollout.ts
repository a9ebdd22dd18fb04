import type { Fleet } from "../../fleet/fleet.ts";
import type { StoredTexts } from "../../github/contents/stored-texts.ts";
import { sharedWaveName } from "../../fleet/fleet-config.ts";
import { planWaves, type Wave } from "../../fleet/plan-waves.ts";
import { readBudget } from "../../github/client/read-budget.ts";
import { patPlaceOf, rotateCommand } from "../../pat/rotate-command.ts";
import { isDeparture, isSharedWorkflow, type EngineChange } from "../../stack/engine-change.ts";
import { findStackFleet, inFleetFile } from "../../stack/find-fleet.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import { ghcrType } from "../../stack/resource-types.ts";
import type { EngineRun } from "../../stack/run-engine.ts";
import { UsageError, UserError } from "../../user-error.ts";
import { journalPath, readJournal, removeJournal, type Journal } from "../waves/journal.ts";
import type { RolloutEnd, WavePlan } from "../waves/rollout-event.ts";
import {
  judgePreview,
  previewAll,
  stackClient,
  type Refusal,
  type WavesContext,
} from "../waves/waves-context.ts";
import { compareWithBudget, estimateBudget } from "../budget/estimate-budget.ts";
import { missingRightWords } from "../doctor/missing-rights.ts";
import { createEventLog } from "../preview/event-log.ts";
import { describePreview } from "../preview/preview-stack.ts";
import { judgeRemovals } from "./removal-rule.ts";
import { isSameName } from "../../is-same-name.ts";

export interface RolloutContext extends WavesContext {
  /** Read GitHub first, and repair what was changed by hand. */
  readonly refresh: boolean;
  /** Where the provider stores texts of workflow files. */
  readonly stored: StoredTexts;
  /** How many repositories, and how many secrets, this run may remove. */
  readonly allowRemovals: number;
  /** Names of repositories that are offered what a person declined. */
  readonly offerAgain: readonly string[];
  /** `resume` continues a rollout that stopped, `restart` discards it. */
  readonly mode: "start" | "resume" | "restart";
}

export interface RolloutPlan {
  readonly context: RolloutContext;
  readonly fleet: Fleet;
  readonly waves: readonly Wave[];
  /** Of the whole stack, judged by the policy packs. */
  readonly preview: EngineRun;
  /** When the packs judged it, in milliseconds since 1970. A person may take long to confirm it. */
  readonly judgedAt: number;
  /** Of an earlier rollout, where this one continues it. */
  readonly journal: Journal | undefined;
  readonly journalFile: string;
}

/** An earlier rollout of this stack stopped, and the command does not say whether to continue it. */
export class UnfinishedRollout extends UserError {
  override name = "UnfinishedRollout";
}

/**
 * Previews the whole stack and judges it. Nothing is written.
 *
 * @returns the plan, or how the rollout ends here
 * @throws {UnfinishedRollout} an earlier rollout stopped, and the mode is `start`
 * @throws {UserError} the fleet cannot be read, or its waves do not fit it
 */
export async function planRollout(context: RolloutContext): Promise<RolloutPlan | RolloutEnd> {
  const { stack, folder, mode, report } = context;
  const journalFile = journalPath(folder, stack.name);
  // The first wave overwrites it, so a refused preview does not lose it.
  const journal = mode === "restart" ? undefined : await readJournal(journalFile, stack.name);
  if (mode === "start" && journal && !journal.ended) throw unfinished(journal);
  if ((stack.nextPat ?? stack.patSources.nextPat) !== undefined) {
    const message = `a rotation is not finished, and a rollout does not finish it: \`ghcr-fleet rotate ${stack.name} --resume\`, or --abort`;
    report({ stack: stack.name, type: "warning", message });
  }
  report({ stack: stack.name, type: "previewing" });

  const github = stackClient(context);
  const fleet = await findStackFleet(github, stack);
  const names = fleet.repositories.map(({ name }) => name);
  assertKnown(context, [...names, ...(fleet.shared ? [fleet.shared.repository] : [])]);
  const ofRepositories = inFleetFile(stack.settings, () =>
    planWaves(names, stack.settings.waves, fleet.skipped),
  );
  const log = createEventLog();
  const judgedAt = context.clock.now();
  const preview = await previewAll(context, { ...context, onEvent: log.onEvent });
  const refusal = judgeRollout(context, preview);
  if (refusal && refusal.outcome !== "failed") return { ...refusal, repositories: {} };
  if (!refusal && preview.changes.length === 0 && journal === undefined) {
    await removeJournal(journalFile);
    report({ stack: stack.name, type: "nothing-to-do", refreshed: context.refresh });
    return { outcome: "nothing-to-do", reasons: [], repositories: {} };
  }
  const isCentral = preview.changes.some(isSharedWorkflow);
  const waves = isCentral ? [sharedWave, ...ofRepositories] : ofRepositories;
  const plan = { context, fleet, waves, preview, judgedAt, journal, journalFile };
  const run = { log, failed: refusal !== undefined, failures: refusal?.reasons ?? [] };
  const foreseen = await describePreview(stack, run, context.refresh ? undefined : notRefreshed, {
    github,
    stored: context.stored,
    withheld: false,
    untried: [],
    isForOthers: false,
    now: new Date(context.clock.now()),
  });
  const unable = foreseen.missingRights.map(missingRightWords);
  if (unable.length > 0) {
    return { outcome: "unable", reasons: [...unable, ...run.failures], repositories: {} };
  }
  if (refusal) return { ...refusal, repositories: {} };
  const described = describePlan(plan);
  // Its cost is of one update that refreshes; what the waves cost is in the plan.
  report({ stack: stack.name, type: "previewed", preview: { ...foreseen, budget: undefined } });
  report({ stack: stack.name, type: "planned", ...described });
  const warnings = [
    ...warnOfSharedPat(stack, preview, waves),
    ...compareWithBudget(described.budget, await readBudget(github)),
  ];
  for (const message of warnings) report({ stack: stack.name, type: "warning", message });
  return plan;
}

/** What callers need comes first, before any of them, with all else that repositories share. */
export const sharedWave: Wave = { name: sharedWaveName, repositories: [] };

const notRefreshed = "GitHub was not compared with the state; --refresh does that";

/** @throws {UsageError} names the repositories that the fleet does not have */
function assertKnown({ offerAgain }: RolloutContext, names: readonly string[]): void {
  const unknown = offerAgain.filter((each) => !names.some((name) => isSameName(name, each)));
  if (unknown.length === 0) return;
  throw new UsageError(
    `--offer-again ${unknown.join(", ")}: the fleet has no such repository; give a name as in fleet.repositories`,
  );
}

/** @returns why nothing may be applied, if the preview or the removal rule says so */
export function judgeRollout(context: RolloutContext, preview: EngineRun): Refusal | undefined {
  const refusal = judgePreview(context, preview);
  if (refusal) return refusal;
  const { secretRemovals } = context.stack.settings;
  const reasons = judgeRemovals(preview, { secretRemovals, allowed: context.allowRemovals });
  return reasons.length > 0 ? { outcome: "refused", reasons } : undefined;
}

/** What a wave applies: the first also what all repositories share, the last also everything that is left. */
export function changesOfWave(
  changes: readonly EngineChange[],
  waves: readonly Wave[],
  index: number,
): EngineChange[] {
  if (index === waves.length - 1) return [...changes];
  const own = new Set(waves[index]?.repositories);
  return changes.filter(({ repository, operation }) =>
    repository === undefined ? index === 0 && operation !== "delete" : own.has(repository),
  );
}

/** A shared secret changes for all repositories at once, whatever the waves are. */
export function warnOfSharedPat(
  { name, patSources }: Pick<OpenStack, "name" | "patSources">,
  { changes }: Pick<EngineRun, "changes">,
  waves: readonly Wave[],
): string[] {
  // Where it is only written again, because somebody changed it, it is the same PAT.
  const isRotation = changes.some(
    ({ type, operation, repository, fields }) =>
      type === ghcrType.secret &&
      operation === "update" &&
      repository === undefined &&
      fields.includes("hash"),
  );
  if (!isRotation || waves.length < 2) return [];
  const rotate = rotateCommand(name, patPlaceOf(patSources.pat));
  return [
    `the organisation's secret changes for all repositories with the first wave; \`${rotate}\` lets the first wave try a new PAT before`,
  ];
}

function describePlan({ context, fleet, waves, preview, journal }: RolloutPlan) {
  const { refresh, stack } = context;
  const estimate = (
    changes: readonly EngineChange[],
    previewed: readonly EngineChange[],
    updates = 1,
  ) =>
    estimateBudget(changes, {
      updates,
      repositories: fleet.repositories.length,
      refreshed: refresh ? preview.existing : [],
      previewed,
      pace: stack.settings.pace,
    });
  const counted: Record<string, number> = {};
  for (const { operation } of preview.changes) {
    counted[operation] = (counted[operation] ?? 0) + 1;
  }
  const left = new Set(preview.changes);
  // This preview serves the first wave; before each later wave the remaining changes are previewed again.
  const previewedAgain: EngineChange[] = [];
  let updates = 0;
  const described = waves.map(({ name, repositories }, index): WavePlan => {
    const changes = changesOfWave([...left], waves, index);
    const previewed = index > 0 && changes.length > 0 ? [...left] : [];
    if (changes.length > 0) updates += 1;
    previewedAgain.push(...previewed);
    for (const change of changes) left.delete(change);
    const changing = new Set(changes.map(({ repository }) => repository));
    return {
      name,
      repositories: repositories.length,
      changing: repositories.filter(
        (each) => changing.has(each) || journal?.unproved[each] !== undefined,
      ),
      budget: estimate(changes, previewed),
    };
  });
  const budget = estimate(preview.changes, previewedAgain, updates);
  const leaving = preview.changes.filter(isDeparture).flatMap(({ repository }) => repository ?? []);
  return { changes: counted, waves: described, leaving, budget };
}

function unfinished({ stack, startedAt, wave, unproved }: Journal): UnfinishedRollout {
  const names = Object.keys(unproved);
  const left =
    names.length === 0
      ? ""
      : ` ${names.slice(0, 5).join(", ")}${names.length > 5 ? " and others" : ""}: changed, or about to be, and not published since.`;
  return new UnfinishedRollout(
    `the rollout of ${stack} that started at ${startedAt} stopped in the wave "${wave}".${left} ` +
      `Continue it with \`ghcr-fleet rollout ${stack} --resume\`, or discard it and start again with --restart`,
  );
}
