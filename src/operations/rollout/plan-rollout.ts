import type { Fleet } from "../../fleet/fleet.ts";
import { planWaves, type Wave } from "../../fleet/plan-waves.ts";
import { readBudget } from "../../github/client/read-budget.ts";
import { findFleet } from "../../stack/find-fleet.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import { UserError } from "../../user-error.ts";
import { clientOf } from "./client-of.ts";
import { compareWithBudget } from "./compare-with-budget.ts";
import { isNewCredential, type EngineChange } from "../../stack/engine-change.ts";
import { estimateBudget } from "./estimate-budget.ts";
import type { RolloutClock } from "./health-gate.ts";
import { journalPath, readJournal, removeJournal, type Journal } from "./journal.ts";
import { judgeRemovals } from "./removal-rule.ts";
import type { RolloutEnd, RolloutEvent, WavePlan } from "./rollout-event.ts";
import { previewStack, type EngineRun } from "../../stack/run-engine.ts";

export interface RolloutContext {
  readonly stack: OpenStack;
  /** The project's folder. */
  readonly folder: string;
  /** Policy packs, each with a configuration file or none. */
  readonly packs: { readonly policyPacks?: string[]; readonly policyPackConfigs?: string[] };
  /** Look at what is so on GitHub first, and repair what was changed by hand. */
  readonly refresh: boolean;
  /** How many repositories, and secrets, may go in this one run. */
  readonly allowRemovals: number;
  /** `resume` goes on where a rollout stopped, `restart` forgets it. */
  readonly mode: "start" | "resume" | "restart";
  /** Whether waves wait for the repositories to publish. */
  readonly gate: boolean;
  /** How many stacks may wait at once, with the same token. */
  readonly gates: number;
  readonly clock: RolloutClock;
  /** Aborted: running writes end, and nothing new begins. */
  readonly stop: AbortSignal;
  readonly tell: (event: RolloutEvent) => void;
}

export interface RolloutPlan {
  readonly context: RolloutContext;
  readonly fleet: Fleet;
  readonly waves: readonly Wave[];
  /** Of everything, judged by the policy packs. */
  readonly preview: EngineRun;
  /** What an earlier rollout left, where this one goes on with it. */
  readonly journal: Journal | undefined;
  readonly journalFile: string;
}

/** A rollout of this stack stopped, and it was not said what is to become of it. */
export class UnfinishedRollout extends UserError {
  override name = "UnfinishedRollout";
}

/**
 * Previews everything and judges it. Nothing is written.
 *
 * @returns the plan, or how the rollout ends right here
 * @throws {UnfinishedRollout} an earlier rollout stopped, and the mode is `start`
 * @throws {UserError} the fleet cannot be read, or its waves do not fit it
 */
export async function planRollout(context: RolloutContext): Promise<RolloutPlan | RolloutEnd> {
  const { stack, folder, mode, tell } = context;
  const journalFile = journalPath(folder, stack.name);
  // It is forgotten when the first wave begins, and not before a preview has judged.
  const journal = mode === "restart" ? undefined : await readJournal(journalFile, stack.name);
  if (mode === "start" && journal) throw unfinished(journal);
  tell({ stack: stack.name, type: "previewing" });

  const github = clientOf(context);
  const fleet = await findFleet(github, stack.connection.owner, stack.settings);
  const names = fleet.repositories.map(({ name }) => name);
  const waves = planWaves(names, stack.settings.waves, fleet.skipped);
  const preview = await previewAll(context);
  const end = judgePreview(context, preview, undefined);
  if (end) return end;
  if (preview.changes.length === 0 && journal === undefined) {
    await removeJournal(journalFile);
    tell({ stack: stack.name, type: "nothing-to-do", refreshed: context.refresh });
    return { outcome: "nothing-to-do", reasons: [], repositories: {} };
  }
  const plan = { context, fleet, waves, preview, journal, journalFile };
  const described = describePlan(plan);
  tell({ stack: stack.name, type: "planned", ...described });
  const warnings = [
    ...warnOfSharedPat(plan),
    ...compareWithBudget(described.budget, await readBudget(github)),
  ];
  for (const message of warnings) tell({ stack: stack.name, type: "warning", message });
  return plan;
}

/** Everything, whatever wave is next: what is judged is what will be. */
export function previewAll({ stack, packs, refresh, stop, tell }: RolloutContext) {
  return previewStack(stack.automation, {
    ...packs,
    refresh,
    stop,
    onStatus: (message, repository) =>
      tell({ stack: stack.name, type: "status", message, repository }),
  });
}

/** @returns how the rollout ends, where the preview forbids it to go on */
export function judgePreview(
  { stack, allowRemovals, stop }: RolloutContext,
  preview: EngineRun,
  wave: string | undefined,
): RolloutEnd | undefined {
  const end = (outcome: RolloutEnd["outcome"], reasons: string[]): RolloutEnd => {
    return { outcome, wave, reasons, repositories: {} };
  };
  if (stop.aborted) return end("stopped", []);
  if (preview.violations.length > 0) {
    return end(
      "refused",
      preview.violations.map(({ rule, message }) => `${rule}: ${message.replaceAll("\n", " ")}`),
    );
  }
  if (preview.failures.length > 0) {
    return end(
      "failed",
      preview.failures.map(({ message }) => message),
    );
  }
  const { secretRemovals } = stack.settings;
  const removals = judgeRemovals(preview, { secretRemovals, allowed: allowRemovals });
  return removals.length > 0 ? end("refused", removals) : undefined;
}

/** What a wave applies: the first takes what all share, the last one all that is left. */
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

/** One secret for all changes for all at once, whatever the waves are. */
function warnOfSharedPat({ preview, waves }: RolloutPlan): string[] {
  const isRotation = preview.changes.some(
    (change) =>
      change.operation === "update" && change.repository === undefined && isNewCredential(change),
  );
  if (!isRotation || waves.length < 2) return [];
  return [
    "the organisation's secret changes for all repositories with the first wave; `ghcr-fleet rotate` lets that wave try a new PAT first",
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
  // Before each wave but the first, which this preview is for, all that is left is previewed again.
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
  return { changes: counted, waves: described, budget };
}

function unfinished({ stack, startedAt, wave, unproved }: Journal): UnfinishedRollout {
  const names = Object.keys(unproved);
  const left =
    names.length === 0
      ? ""
      : ` ${names.slice(0, 5).join(", ")}${names.length > 5 ? " and others" : ""} changed and did not publish since.`;
  return new UnfinishedRollout(
    `the rollout of ${stack} that began at ${startedAt} stopped in the wave "${wave}".${left} ` +
      `Go on with \`ghcr-fleet rollout ${stack} --resume\`, or forget it and begin anew with --restart`,
  );
}
