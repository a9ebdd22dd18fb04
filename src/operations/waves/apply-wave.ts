import type { Wave } from "../../fleet/plan-waves.ts";
import { removesInUse, type EngineChange } from "../../stack/engine-change.ts";
import { updateStack, type EngineOptions, type EngineRun } from "../../stack/run-engine.ts";
import { UserError } from "../../user-error.ts";
import { waitForHealth } from "./health-gate.ts";
import type { Proof } from "./journal.ts";
import type { Progress } from "./progress.ts";
import type { RepositoryResult, RolloutEnd } from "./rollout-event.ts";
import { reportStatus, stackClient } from "./waves-context.ts";

/** What one wave applies, and what has to follow from it. */
export interface WaveStep {
  readonly wave: Wave;
  /** As the last preview shows them. */
  readonly changes: readonly EngineChange[];
  /** What makes the engine apply these changes and no others. */
  readonly engine: Omit<EngineOptions, "stop" | "onChange" | "onStatus">;
  /** The repositories of the wave that have to publish, and how. */
  readonly proofs: ReadonlyMap<string, Proof>;
  /** The token that the registry is asked with. */
  readonly pat: string | undefined;
  /** Whether runs that failed before are repeated: their cause may be fixed by now. */
  readonly repeatFailed: boolean;
  /** Whether the wave ends when the engine fails for a single repository. */
  readonly stopsOnFailure: boolean;
  /** How many repositories may fail in this and the earlier waves. */
  readonly failuresAllowed: number;
  /** Called when the changes are written, before the wave waits for its repositories. */
  readonly onApplied?: () => void;
}

/**
 * Applies one wave: records in the journal what has to publish, runs the engine, and waits at the
 * health gate. A wave without changes and without repositories that have to publish is skipped.
 *
 * @returns how the run ends, where the next wave must not start
 */
export async function applyWave(
  progress: Progress,
  step: WaveStep,
): Promise<RolloutEnd | undefined> {
  const { stack, stop, report, gate } = progress.context;
  const { wave, changes, proofs } = step;
  if (changes.length === 0 && proofs.size === 0) return undefined;
  const changing = new Set(changes.map(({ repository }) => repository));
  const repositories = wave.repositories.filter((each) => changing.has(each) || proofs.has(each));
  report({ stack: stack.name, type: "wave-started", wave: wave.name, repositories });
  await progress.expect(wave, proofs);
  if (changes.length > 0) {
    const end = await update(progress, step);
    if (end) return end;
  }
  step.onApplied?.();
  const isOverBudget = () => progress.failures() > step.failuresAllowed;
  // What GitHub or a provider refused is not what the gate found.
  const couldNotWrite = isOverBudget();
  try {
    if (gate) await prove(progress, step);
    else await progress.forget(wave);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return progress.end("failed", wave.name, [error.message]);
  }
  if (stop.aborted) return progress.end("stopped", wave.name);
  const failed = progress.failedIn(wave).length;
  const unmerged = progress.unmergedIn(wave);
  const waiting = unmerged.length;
  report({ stack: stack.name, type: "wave-ended", wave: wave.name, failed, waiting });
  if (isOverBudget()) return progress.end(couldNotWrite ? "failed" : "unhealthy", wave.name);
  return unmerged.length > 0 ? progress.end("stopped", wave.name, [waitFor(unmerged)]) : undefined;
}

/** The result of each is listed after it. */
function waitFor({ length }: readonly RepositoryResult[]): string {
  const many =
    length === 1 ? "a pull request of the wave has" : `${length} pull requests of the wave have`;
  return `${many} to be merged first (--no-wait-for-merges goes on without)`;
}

async function update(
  progress: Progress,
  { wave, changes, engine, proofs, stopsOnFailure }: WaveStep,
): Promise<RolloutEnd | undefined> {
  const { stack, stop, report } = progress.context;
  const stopsAtFailure = removesInUse(changes);
  const run = await updateStack(stack.engine, {
    ...engine,
    stopsAtFailure,
    stop,
    onChange: ({ repository }) => {
      if (repository !== undefined) progress.begin(wave, repository);
    },
    onStatus: reportStatus(progress.context),
  });
  await progress.take(wave, run, proofs);
  for (const message of run.warnings.filter((each) => !isOfMerge(each, run))) {
    report({ stack: stack.name, type: "warning", message });
  }
  if (stop.aborted) return progress.end("stopped", wave.name);
  // What failed for one repository is said with that repository.
  const general = run.failures.filter(({ repository }) => repository === undefined);
  const reasons = [...general, ...run.violations].map(({ message }) => message);
  const endsAtFailure = stopsOnFailure || stopsAtFailure;
  const isOver = reasons.length > 0 || (endsAtFailure && run.failures.length > 0);
  return isOver ? progress.end("failed", wave.name, reasons) : undefined;
}

/** The pull requests to merge are listed with their repositories. */
function isOfMerge(warning: string, { written }: Pick<EngineRun, "written">): boolean {
  return written.some(({ pullRequestUrl: url }) => url && warning.includes(`: merge ${url} `));
}

async function prove(progress: Progress, step: WaveStep): Promise<void> {
  const { context, fleet } = progress;
  const { settings, registryUrl } = context.stack;
  const { wave, proofs, pat = "" } = step;
  const candidates = fleet.repositories.flatMap((repository) => {
    const { name } = repository;
    const proof = proofs.has(name) ? progress.proofOf(name) : undefined;
    return proof ? [{ repository, proof }] : [];
  });
  await waitForHealth({
    github: stackClient(context),
    owner: fleet.owner,
    // GHCR only checks the password, but requires a username.
    registry: {
      name: fleet.registry,
      url: registryUrl,
      credential: { username: settings.username ?? fleet.owner, password: pat },
    },
    secret: fleet.secret.name,
    dispatch: settings.healthGate.dispatch,
    repeatFailed: step.repeatFailed,
    waitsForMerges: context.waitsForMerges,
    candidates,
    timeoutMinutes: settings.healthGate.timeoutMinutes,
    failuresAllowed: step.failuresAllowed - progress.failures(),
    gates: context.gates,
    clock: context.clock,
    stop: context.stop,
    onResult: (result) => progress.record(wave, result),
  }).finally(() => progress.settle(wave));
}
