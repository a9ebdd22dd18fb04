import type { Fleet, FleetRepository } from "../../fleet/fleet.ts";
import { planWaves, type Wave } from "../../fleet/plan-waves.ts";
import { findFleet } from "../../stack/find-fleet.ts";
import { clientOf } from "../rollout/client-of.ts";
import { isCredentialChange, usesToken } from "./credential-change.ts";
import { isComponentUrn, repositoryOf, type EngineChange } from "../../stack/engine-change.ts";
import { waitForHealth } from "../rollout/health-gate.ts";
import { previewAll, type RolloutContext } from "../rollout/plan-rollout.ts";
import type { RepositoryResult, RolloutEnd } from "../rollout/rollout-event.ts";
import { updateStack, type EngineRun } from "../../stack/run-engine.ts";

/** Keys of the stack's configuration, after `ghcr-fleet:`. */
export type PatKey = "pat" | "nextPat" | "previousPat";

export interface RotationContext extends RolloutContext {
  /** Stores a PAT as secret configuration, or takes it out. */
  readonly keepPat: (key: PatKey, value: string | undefined) => Promise<void>;
}

/** A rotation, as far as it is. */
export interface Rotation {
  readonly context: RotationContext;
  readonly fleet: Fleet;
  readonly waves: readonly Wave[];
  readonly canary: readonly FleetRepository[];
  /** As the stack's configuration holds them. */
  readonly pats: Record<PatKey, string | undefined>;
  readonly results: Map<string, RepositoryResult & { wave: string }>;
  /** Which wave is told to have begun, and not to have ended. */
  openWave: string | undefined;
  /** When the policy packs last found nothing against it, in milliseconds since 1970. */
  judgedAt: number;
}

/**
 * A rotation that nothing was done for yet.
 *
 * @throws {UserError} the fleet cannot be read, or its waves do not fit it
 */
export async function openRotation(context: RotationContext): Promise<Rotation> {
  const { stack } = context;
  const fleet = await findFleet(clientOf(context), stack.connection.owner, stack.settings);
  const names = fleet.repositories.map(({ name }) => name);
  const waves = planWaves(names, stack.settings.waves, fleet.skipped);
  const first = new Set(waves[0]?.repositories);
  const { pat, nextPat, previousPat } = stack;
  return {
    context,
    fleet,
    waves,
    canary: fleet.repositories.filter(({ name }) => first.has(name)),
    pats: { pat, nextPat, previousPat },
    results: new Map(),
    openWave: undefined,
    judgedAt: -Infinity,
  };
}

/** The packs judged the new PAT; so soon after, the next step brings them nothing new. */
const longestJudgement = 5 * 60_000;

/**
 * Previews and judges everything, then applies what belongs to the rotation and to this step.
 *
 * @param expect hears of the repositories that change, before they do; returns those that the wave
 *   is about
 * @returns how the rotation ends, where it cannot go on
 */
export async function applyCredentials(
  rotation: Rotation,
  wave: Wave,
  belongs: (change: EngineChange) => boolean,
  expect: (repositories: readonly string[]) => Promise<readonly string[]> = async (all) => all,
): Promise<RolloutEnd | undefined> {
  const { context, fleet } = rotation;
  const { stack, stop, tell } = context;
  if (stop.aborted) return endRotation(rotation, "stopped", wave);
  tell({ stack: stack.name, type: "previewing" });
  const isJudged = context.clock.now() - rotation.judgedAt < longestJudgement;
  const preview = await previewAll(isJudged ? { ...context, packs: {} } : context);
  const refusal = judge(rotation, preview, wave);
  if (refusal) return refusal;
  if (!isJudged) rotation.judgedAt = context.clock.now();
  const names = new Set(fleet.repositories.map(({ name }) => name));
  // What is new to the fleet gets the PAT of the day when it is rolled out.
  const applied = new Set(preview.existing.filter(isComponentUrn).map(repositoryOf));
  const changes = preview.changes.filter(
    (each) =>
      isCredentialChange(each, names) &&
      (each.repository === undefined || applied.has(each.repository)) &&
      belongs(each),
  );
  if (changes.length === 0) return undefined;
  const touched = changes.flatMap(({ repository }) => repository ?? []);
  beginWave(rotation, { ...wave, repositories: await expect([...new Set(touched)].sort()) });
  const run = await updateStack(stack.automation, {
    target: [...new Set(changes.map(({ urn }) => urn)), ...leavingTrial(rotation, preview)],
    stop,
    onChange: ({ repository, type }) => {
      if (repository === undefined || type !== "ghcr:index:RegistrySecret") return;
      record(rotation, wave, { repository, state: "applied" });
    },
  });
  const end = judge(rotation, run, wave);
  // A wave whose repositories have to prove themselves goes on.
  if (!end && wave.repositories.length === 0) endWave(rotation, wave, 0);
  return end;
}

function beginWave(rotation: Rotation, { name: wave, repositories }: Wave): void {
  if (rotation.openWave === wave) return;
  rotation.openWave = wave;
  const { stack, tell } = rotation.context;
  tell({ stack: stack.name, type: "wave-started", wave, repositories: [...repositories] });
}

function endWave(rotation: Rotation, { name: wave }: Wave, failed: number): void {
  if (rotation.openWave !== wave) return;
  rotation.openWave = undefined;
  const { stack, tell } = rotation.context;
  tell({ stack: stack.name, type: "wave-ended", wave, failed });
}

/**
 * The engine keeps a token that something in its state depends on. So what tried the next token is
 * looked at again when that token goes, even where nothing else about it changes.
 */
function leavingTrial({ canary }: Rotation, { changes, existing }: EngineRun): string[] {
  if (!changes.some(({ type, operation }) => type === tokenType && operation === "delete")) {
    return [];
  }
  const names = new Set(canary.map(({ name }) => name));
  const isGoing = new Set(changes.map(({ urn }) => urn));
  return existing.filter(
    (urn) => usesToken(urn) && names.has(repositoryOf(urn) ?? "") && !isGoing.has(urn),
  );
}

const tokenType = "ghcr:index:RegistryToken";

function judge(rotation: Rotation, run: EngineRun, wave: Wave): RolloutEnd | undefined {
  if (rotation.context.stop.aborted) return endRotation(rotation, "stopped", wave);
  if (run.violations.length > 0) {
    const reasons = run.violations.map(({ rule, message }) => `${rule}: ${message}`);
    return endRotation(rotation, "refused", wave, reasons);
  }
  const reasons = run.failures.map(({ message }) => message);
  return reasons.length > 0 ? endRotation(rotation, "failed", wave, reasons) : undefined;
}

/**
 * Waits until repositories have published with the credential that is theirs now, and ends their wave.
 *
 * @param mayFail how many of the whole rotation may not
 * @returns how the rotation ends, where they do not
 */
export async function proveCredential(
  rotation: Rotation,
  wave: Wave,
  mayFail: number,
): Promise<RolloutEnd | undefined> {
  const { context, fleet, pats } = rotation;
  const { stack, clock, stop, gate } = context;
  const { settings, registryUrl } = stack;
  const { dispatch, timeoutMinutes } = settings.healthGate;
  const isProvable = fleet.secret.scope !== "environment" || dispatch !== undefined;
  if (!gate || !isProvable || wave.repositories.length === 0) {
    endWave(rotation, wave, 0);
    return undefined;
  }
  beginWave(rotation, wave);
  const own = new Set(wave.repositories);
  const results = await waitForHealth({
    github: clientOf(context),
    owner: fleet.owner,
    registry: {
      url: registryUrl,
      credential: {
        username: settings.username ?? fleet.owner,
        password: pats.nextPat ?? pats.pat ?? "",
      },
    },
    dispatch,
    repeatFailed: true,
    candidates: fleet.repositories
      .filter(({ name }) => own.has(name))
      .map(({ name, branch, image }) => ({
        repository: name,
        branch,
        image,
        proof: { credential: true },
      })),
    timeoutMinutes,
    gates: context.gates,
    clock,
    stop,
    onResult: (result) => record(rotation, wave, result),
  });
  if (stop.aborted) return endRotation(rotation, "stopped", wave);
  endWave(rotation, wave, countFailed(results));
  return countFailed(rotation.results) > mayFail
    ? endRotation(rotation, "unhealthy", wave)
    : undefined;
}

function countFailed(results: ReadonlyMap<string, RepositoryResult>): number {
  return [...results.values()].filter(({ state }) => state === "failed").length;
}

function record({ context, results }: Rotation, wave: Wave, result: RepositoryResult): void {
  results.set(result.repository, { ...result, wave: wave.name });
  context.tell({
    stack: context.stack.name,
    type: "repository",
    wave: wave.name,
    ...result,
  });
}

/** Writes down where the rotation is, before the step that it stands for. */
export async function keepPat(
  rotation: Rotation,
  key: PatKey,
  value: string | undefined,
): Promise<void> {
  await rotation.context.keepPat(key, value);
  rotation.pats[key] = value;
}

/** How the rotation ends, with what became of its repositories. */
export function endRotation(
  { results }: Rotation,
  outcome: RolloutEnd["outcome"],
  wave?: Wave,
  reasons: readonly string[] = [],
): RolloutEnd {
  return { outcome, wave: wave?.name, reasons, repositories: Object.fromEntries(results) };
}
