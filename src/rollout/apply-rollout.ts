import type { Wave } from "../fleet/plan-waves.ts";
import { createGitHubClient } from "../github/github-client.ts";
import { componentUrn, isNewCredential, isNewFiles, type EngineChange } from "./engine-change.ts";
import { waitForHealth } from "./health-gate.ts";
import { removeJournal, type Proof } from "./journal.ts";
import { changesOfWave, judgePreview, previewAll, type RolloutPlan } from "./plan-rollout.ts";
import { createProgress, type Progress } from "./rollout-progress.ts";
import type { RolloutEnd } from "./rollout-event.ts";
import { updateStack, type EngineRun } from "./run-engine.ts";

/**
 * How much the engine does at once. Writes wait for GitHub's pace anyway, and what has begun has to
 * end when somebody interrupts.
 */
const parallel = 8;

/**
 * Applies a plan, wave by wave. Before each wave everything is previewed and judged again; after it
 * the repositories that changed have to publish.
 */
export async function applyRollout(plan: RolloutPlan): Promise<RolloutEnd> {
  const progress = createProgress(plan);
  let preview: EngineRun | undefined = plan.preview;
  for (const [index, wave] of plan.waves.entries()) {
    if (plan.context.stop.aborted) return progress.end("stopped", wave, []);
    preview ??= await previewAll(plan.context);
    const refusal = judgePreview(plan.context, preview, wave.name);
    if (refusal) return progress.end(refusal.outcome, wave, refusal.reasons);
    const changes = changesOfWave(preview.changes, plan.waves, index);
    if (changes.length === 0 && !wave.repositories.some(progress.isUnproved)) continue;
    const end = await applyWave(plan, progress, index, changes);
    if (end) return end;
    preview = undefined;
  }
  await removeJournal(plan.journalFile);
  return progress.end("done", undefined, []);
}

async function applyWave(
  plan: RolloutPlan,
  progress: Progress,
  index: number,
  changes: readonly EngineChange[],
): Promise<RolloutEnd | undefined> {
  const { context, waves } = plan;
  const wave = waves[index] as Wave;
  const { stack, tell } = context;
  tell({
    stack: stack.name,
    type: "wave-started",
    wave: wave.name,
    repositories: [...wave.repositories],
  });
  const expected = expectProofs(plan, wave, changes);
  await progress.expect(wave, expected);
  if (changes.length > 0) {
    const run = await updateWave(plan, progress, index);
    await progress.take(wave, run, expected);
    if (context.stop.aborted) return progress.end("stopped", wave, []);
    const general = run.failures.filter(({ repository }) => repository === undefined);
    const reasons = [...general, ...run.violations].map(({ message }) => message);
    if (reasons.length > 0) return progress.end("failed", wave, reasons);
  }
  if (context.gate) await proveWave(plan, progress, wave);
  else await progress.forget(wave);
  tell({
    stack: stack.name,
    type: "wave-ended",
    wave: wave.name,
    failed: progress.failedIn(wave).length,
  });
  if (context.stop.aborted) return progress.end("stopped", wave, []);
  return progress.isOverBudget() ? progress.end("unhealthy", wave, []) : undefined;
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
  const { settings, connection, registryUrl, pat = "" } = context.stack;
  const candidates = fleet.repositories.flatMap(({ name, branch, image }) => {
    const proof = progress.proofOf(wave, name);
    return proof ? [{ repository: name, branch, image, proof }] : [];
  });
  await waitForHealth({
    github: createGitHubClient(connection),
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
    clock: context.clock,
    stop: context.stop,
    onResult: (result) => progress.record(wave, result),
  });
  await progress.settle(wave);
}
