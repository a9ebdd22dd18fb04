import type { Fleet, FleetRepository } from "../fleet/fleet.ts";
import type { Wave } from "../fleet/plan-waves.ts";
import { clientOf } from "./client-of.ts";
import { isCredentialChange, usesToken } from "./credential-change.ts";
import { isComponentUrn, repositoryOf, type EngineChange } from "./engine-change.ts";
import { waitForHealth } from "./health-gate.ts";
import { previewAll, type RolloutContext } from "./plan-rollout.ts";
import type { RepositoryResult, RolloutEnd } from "./rollout-event.ts";
import { updateStack, type EngineRun } from "./run-engine.ts";

/** Keys of the stack's configuration, after `ghcr-fleet:`. */
export type PatKey = "pat" | "nextPat" | "previousPat";

export interface RotationContext extends RolloutContext {
  /** Stores a PAT as secret configuration, or takes it out. */
  readonly keepPat: (key: PatKey, value: string | undefined) => Promise<void>;
  /** Ends the PAT that was replaced, once nobody uses it any more. */
  readonly revoke: boolean;
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
  /** When the policy packs last found nothing against it, in milliseconds since 1970. */
  judgedAt: number;
}

/** The packs judged the new PAT; so soon after, the next step brings them nothing new. */
const longestJudgement = 5 * 60_000;

/**
 * Previews and judges everything, then applies what belongs to the rotation and to this step.
 *
 * @param expect hears of the repositories that change, before they do
 * @returns how the rotation ends, where it cannot go on
 */
export async function applyCredentials(
  rotation: Rotation,
  wave: Wave,
  belongs: (change: EngineChange) => boolean,
  expect: (repositories: readonly string[]) => Promise<void> = async () => {},
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
  const repositories = [...new Set(touched)].sort();
  tell({ stack: stack.name, type: "wave-started", wave: wave.name, repositories });
  await expect(repositories);
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
  const isOver = wave.repositories.length === 0 || repositories.length === 0;
  if (isOver && end?.outcome !== "stopped") {
    tell({ stack: stack.name, type: "wave-ended", wave: wave.name, failed: run.failures.length });
  }
  return end;
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
 * Waits until repositories have published with the credential that is theirs now.
 *
 * @returns how the rotation ends, where they do not
 */
export async function proveCredential(
  rotation: Rotation,
  wave: Wave,
): Promise<RolloutEnd | undefined> {
  const { context, fleet, pats } = rotation;
  const { stack, clock, stop, gate } = context;
  const { settings, registryUrl } = stack;
  const { dispatch, timeoutMinutes } = settings.healthGate;
  if (!gate || (fleet.secret.scope === "environment" && dispatch === undefined)) return undefined;
  if (wave.repositories.length === 0) return undefined;
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
  const failed = [...results.values()].filter(({ state }) => state === "failed").length;
  context.tell({ stack: stack.name, type: "wave-ended", wave: wave.name, failed });
  return failed > 0 ? endRotation(rotation, "unhealthy", wave) : undefined;
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
