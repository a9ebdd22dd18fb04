import type { Wave } from "../../fleet/plan-waves.ts";
import {
  isNewCredential,
  isNewFiles,
  repositoryOf,
  type EngineChange,
} from "../../stack/engine-change.ts";
import type { EngineRun } from "../../stack/run-engine.ts";
import { UserError } from "../../user-error.ts";
import { applyWave, type WaveStep } from "../waves/apply-wave.ts";
import type { Proof } from "../waves/journal.ts";
import { createProgress, failuresAllowed, type Progress } from "../waves/progress.ts";
import type { RolloutEnd } from "../waves/rollout-event.ts";
import { previewAll } from "../waves/waves-context.ts";
import { changesOfWave, judgeRollout, sharedWave, type RolloutPlan } from "./plan-rollout.ts";

/**
 * How many operations the engine runs at once. More would not be faster, because writes wait for GitHub's
 * pace, and what has started must finish when the rollout is interrupted.
 */
const parallel = 8;

/** A preview that the packs judged longer ago is repeated before a wave starts. */
const longestPreviewAge = 5 * 60_000;

/**
 * Applies a plan, wave by wave. Before each wave the whole stack is previewed and judged again; after it
 * the repositories that changed have to publish.
 *
 * @param isHeld whether no further wave may start, because another stack stopped
 */
export async function applyRollout(plan: RolloutPlan, isHeld: () => boolean): Promise<RolloutEnd> {
  const progress = createProgress(plan.context, plan.fleet);
  progress.useJournal(plan.journalFile, plan.journal);
  try {
    return await applyWaves(plan, progress, isHeld);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // The result still contains the state of each repository.
    return progress.end("failed", progress.wave()?.name, [error.message]);
  }
}

async function applyWaves(
  plan: RolloutPlan,
  progress: Progress,
  isHeld: () => boolean,
): Promise<RolloutEnd> {
  const { context, waves } = plan;
  const { stop, clock } = context;
  let next = { preview: Promise.resolve(plan.preview), judgedAt: plan.judgedAt };
  for (const [index, wave] of waves.entries()) {
    if (stop.aborted) return progress.end("stopped", wave.name);
    if (isHeld()) return progress.end("stopped", wave.name, ["another stack stopped"]);
    if (clock.now() - next.judgedAt > longestPreviewAge) next = previewAhead(plan, next.judgedAt);
    const preview = await next.preview;
    const refusal = judgeRollout(context, preview);
    if (refusal) return progress.end(refusal.outcome, wave.name, refusal.reasons);
    const step = stepOf(plan, index, preview);
    const waiting = step.changes.find(({ waitsFor }) => waitsFor !== undefined)?.waitsFor;
    if (waiting !== undefined) return progress.end("stopped", wave.name, [mergeFirst(waiting)]);
    const end = await applyWave(progress, {
      ...step,
      onApplied() {
        // The next wave is previewed while this wave's runs go on.
        if (index < waves.length - 1) next = previewAhead(plan, next.judgedAt);
      },
    });
    if (end) {
      // The engine has to end before this process does; the result of its preview is not needed.
      await next.preview.catch(() => undefined);
      return end;
    }
  }
  await progress.finish();
  return progress.end("done");
}

function mergeFirst(what: string): string {
  return `the shared workflow waits for ${what}: merge it, then go on with --resume`;
}

/** @param judgedAt when the packs last found no violation, in milliseconds since 1970 */
function previewAhead({ context }: RolloutPlan, judgedAt: number): JudgedPreview {
  const now = context.clock.now();
  // Without a gate, waves follow each other so soon that the packs find nothing new.
  const isJudged = !context.gate && now - judgedAt <= longestPreviewAge;
  const preview = previewAll(context, isJudged ? { ...context, packs: {} } : context);
  // A failure is thrown where the preview is awaited; until then it must not end the process.
  preview.catch(() => undefined);
  return { preview, judgedAt: isJudged ? judgedAt : now };
}

interface JudgedPreview {
  readonly preview: Promise<EngineRun>;
  readonly judgedAt: number;
}

function stepOf(plan: RolloutPlan, index: number, preview: EngineRun): WaveStep {
  const { context, waves, fleet } = plan;
  const { stack, packs, refresh, mode } = context;
  const wave = waves[index] as Wave;
  const changes = changesOfWave(preview.changes, waves, index);
  const later = new Set(waves.slice(index + 1).flatMap(({ repositories }) => repositories));
  const known = [...preview.existing, ...preview.changes.map(({ urn }) => urn)];
  const exclude = known.filter((urn) => later.has(repositoryOf(urn) ?? ""));
  return {
    wave,
    changes,
    engine: {
      // The pack cannot judge resources of later waves that do not exist yet: the preview of all did.
      ...(later.size === 0 && packs),
      exclude: [...new Set(exclude)],
      laterWaves: waves.length - 1 - index,
      existing: preview.existing,
      refresh,
      parallel,
    },
    // What the wave before the canary changed for all repositories is proved by the canary, too.
    proofs: expectProofs(plan, wave, [
      ...changes,
      ...(index === 1 && waves[0] === sharedWave
        ? changesOfWave(plan.preview.changes, waves, 0)
        : []),
    ]),
    pat: stack.pat,
    repeatFailed: mode === "resume",
    stopsOnFailure: false,
    failuresAllowed: failuresAllowed(stack.settings, fleet.repositories.length),
  };
}

/** Which repositories of the wave will have to publish, as far as the preview shows. */
function expectProofs(
  { context, fleet, journal }: RolloutPlan,
  wave: Wave,
  changes: readonly EngineChange[],
): ReadonlyMap<string, Proof> {
  const { healthGate } = context.stack.settings;
  const isShared = changes.some((each) => each.repository === undefined && isNewCredential(each));
  const credentials = new Map(fleet.repositories.map(({ name, credential }) => [name, credential]));
  const proofs = wave.repositories.flatMap((repository): [string, Proof][] => {
    const own = changes.filter((change) => change.repository === repository);
    const from = credentials.get(repository);
    // CI does not see the secret of an environment: only the fleet's own workflow can try it.
    const isProvable = from !== "environment" || healthGate.dispatch !== undefined;
    const isOther = (isShared && from === "organization") || own.some(isNewCredential);
    const credential = isProvable && isOther;
    const before = journal?.unproved[repository];
    if (!credential && !own.some(isNewFiles) && !before) return [];
    return [[repository, { ...before, credential: credential || (before?.credential ?? false) }]];
  });
  return new Map(proofs);
}
