import type { Wave } from "../../fleet/plan-waves.ts";
import { clientOf } from "./client-of.ts";
import {
  componentUrn,
  isNewCredential,
  isNewFiles,
  type EngineChange,
} from "../../stack/engine-change.ts";
import { waitForHealth } from "./health-gate.ts";
import { removeJournal, type Proof } from "./journal.ts";
import { changesOfWave, judgePreview, previewAll, type RolloutPlan } from "./plan-rollout.ts";
import { UserError } from "../../user-error.ts";
import { createProgress, type Progress } from "./rollout-progress.ts";
import type { RolloutEnd } from "./rollout-event.ts";
import { updateStack, type EngineRun } from "../../stack/run-engine.ts";

/**
 * How much the engine does at once. Writes wait for GitHub's pace anyway, and what has begun has to
 * end when somebody interrupts.
 */
const parallel = 8;

/** A preview that is older than this is made anew before a wave begins. */
const longestPreviewAge = 5 * 60_000;

/**
 * Applies a plan, wave by wave. Before each wave everything is previewed and judged again; after it
 * the repositories that changed have to publish.
 *
 * @param isHeld whether no further wave may begin, for a reason outside of this stack
 */
export async function applyRollout(plan: RolloutPlan, isHeld: () => boolean): Promise<RolloutEnd> {
  const progress = createProgress(plan);
  try {
    return await applyWaves(plan, progress, isHeld);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // What became of each repository until then is told all the same.
    return progress.end("failed", progress.wave(), [error.message]);
  }
}

async function applyWaves(
  plan: RolloutPlan,
  progress: Progress,
  isHeld: () => boolean,
): Promise<RolloutEnd> {
  const { context, waves } = plan;
  let next = { preview: Promise.resolve(plan.preview), at: context.clock.now() };
  for (const [index, wave] of waves.entries()) {
    if (isStopped(plan)) return progress.end("stopped", wave, []);
    if (isHeld()) return progress.end("stopped", wave, ["another stack did not go through"]);
    if (context.clock.now() - next.at > longestPreviewAge) next = previewAhead(plan);
    const preview = await next.preview;
    const refusal = judgePreview(context, preview, wave.name);
    if (refusal) return progress.end(refusal.outcome, wave, refusal.reasons);
    const changes = changesOfWave(preview.changes, waves, index);
    if (changes.length === 0 && !wave.repositories.some(progress.isUnproved)) continue;

    const expected = expectProofs(plan, wave, changes);
    const changing = new Set(changes.map(({ repository }) => repository));
    const repositories = wave.repositories.filter(
      (each) => changing.has(each) || expected.has(each),
    );
    const { stack, tell } = context;
    tell({ stack: stack.name, type: "wave-started", wave: wave.name, repositories });
    await progress.expect(wave, expected);
    if (changes.length > 0) {
      const end = await applyWave(plan, progress, index, expected);
      if (end) return end;
    }
    // What comes next is judged while this wave's runs go on.
    if (index < waves.length - 1) next = previewAhead(plan);
    if (context.gate) await proveWave(plan, progress, wave);
    else await progress.forget(wave);
    const isInterrupted = isStopped(plan);
    if (!isInterrupted) {
      const failed = progress.failedIn(wave).length;
      tell({ stack: stack.name, type: "wave-ended", wave: wave.name, failed });
    }
    if (isInterrupted || progress.isOverBudget()) {
      // The engine ends before this process does; what it would have said is of no use.
      await next.preview.catch(() => undefined);
      return progress.end(isInterrupted ? "stopped" : "unhealthy", wave, []);
    }
  }
  await removeJournal(plan.journalFile);
  return progress.end("done", undefined, []);
}

function isStopped({ context: { stop } }: RolloutPlan): boolean {
  return stop.aborted;
}

function previewAhead({ context }: RolloutPlan): { preview: Promise<EngineRun>; at: number } {
  const preview = previewAll(context);
  // Whoever awaits it hears of a failure; until then it must not end the process.
  preview.catch(() => undefined);
  return { preview, at: context.clock.now() };
}

/** @returns how the rollout ends, where it cannot go on */
async function applyWave(
  plan: RolloutPlan,
  progress: Progress,
  index: number,
  expected: ReadonlyMap<string, Proof>,
): Promise<RolloutEnd | undefined> {
  const wave = plan.waves[index] as Wave;
  const run = await updateWave(plan, progress, index);
  await progress.take(wave, run, expected);
  if (isStopped(plan)) return progress.end("stopped", wave, []);
  const general = run.failures.filter(({ repository }) => repository === undefined);
  const reasons = [...general, ...run.violations].map(({ message }) => message);
  return reasons.length > 0 ? progress.end("failed", wave, reasons) : undefined;
}

/** Which repositories of the wave will have to prove themselves, as far as the preview can tell. */
function expectProofs(
  { context, journal }: RolloutPlan,
  wave: Wave,
  changes: readonly EngineChange[],
): ReadonlyMap<string, Proof> {
  const { secret, healthGate } = context.stack.settings;
  // CI does not see the secret of an environment: only a workflow of the fleet's own can try it.
  const isProvable = secret.scope !== "environment" || healthGate.dispatch !== undefined;
  const isShared = changes.some((each) => each.repository === undefined && isNewCredential(each));
  const proofs = wave.repositories.flatMap((repository): [string, Proof][] => {
    const own = changes.filter((change) => change.repository === repository);
    const credential = isProvable && (isShared || own.some(isNewCredential));
    const before = journal?.unproved[repository];
    if (!credential && !own.some(isNewFiles) && !before) return [];
    return [[repository, { ...before, credential: credential || (before?.credential ?? false) }]];
  });
  return new Map(proofs);
}

async function updateWave(
  { context, waves }: RolloutPlan,
  progress: Progress,
  index: number,
): Promise<EngineRun> {
  const { stack, packs, refresh, stop, tell } = context;
  const wave = waves[index] as Wave;
  const { name: project } = await stack.automation.workspace.projectSettings();
  const held = waves.slice(index + 1).flatMap(({ repositories }) => repositories);
  return updateStack(stack.automation, {
    // The pack cannot judge what is held back and not there yet: the preview of all did.
    ...(held.length === 0 && packs),
    exclude: held.map((repository) => componentUrn(stack.name, project, repository)),
    refresh,
    parallel,
    stop,
    onChange: ({ repository }) => {
      if (repository !== undefined) progress.begin(wave, repository);
    },
    onStatus: (message, repository) =>
      tell({ stack: stack.name, type: "status", message, repository }),
  });
}

async function proveWave(plan: RolloutPlan, progress: Progress, wave: Wave): Promise<void> {
  const { context, fleet } = plan;
  const { settings, registryUrl, pat = "" } = context.stack;
  const candidates = fleet.repositories.flatMap(({ name, branch, image }) => {
    const proof = progress.proofOf(wave, name);
    return proof ? [{ repository: name, branch, image, proof }] : [];
  });
  await waitForHealth({
    github: clientOf(context),
    owner: fleet.owner,
    // GHCR looks at the password only, and wants a username.
    registry: {
      url: registryUrl,
      credential: { username: settings.username ?? fleet.owner, password: pat },
    },
    dispatch: settings.healthGate.dispatch,
    repeatFailed: context.mode === "resume",
    candidates,
    timeoutMinutes: settings.healthGate.timeoutMinutes,
    gates: context.gates,
    clock: context.clock,
    stop: context.stop,
    onResult: (result) => progress.record(wave, result),
  });
  await progress.settle(wave);
}
