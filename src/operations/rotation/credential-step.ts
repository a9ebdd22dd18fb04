import type { Fleet, FleetRepository } from "../../fleet/fleet.ts";
import { planRotation, type Wave } from "../../fleet/plan-waves.ts";
import type { PatKey } from "../../pat/pat-source.ts";
import {
  isNextTokenUrn,
  isPublishingUrn,
  isSecretUrn,
  repositoryOf,
  type EngineChange,
} from "../../stack/engine-change.ts";
import { listed } from "../../format-text.ts";
import { inFleetFile } from "../../stack/find-fleet.ts";
import { findPresentFleet } from "../../stack/find-present-fleet.ts";
import { ghcrType, githubType } from "../../stack/resource-types.ts";
import { readStackRecord } from "../../stack/export-state.ts";
import { refreshStack, type EngineRun } from "../../stack/run-engine.ts";
import { applyWave } from "../waves/apply-wave.ts";
import { createProgress, type Progress } from "../waves/progress.ts";
import type { RolloutEnd } from "../waves/rollout-event.ts";
import {
  judgePreview,
  previewAll,
  reportStatus,
  type Refusal,
  stackClient,
  type WavesContext,
} from "../waves/waves-context.ts";

export interface RotationContext extends WavesContext {
  /** Stores a PAT in the configuration, or where it is read from; or removes both. */
  readonly storePat: (key: PatKey, value: string | undefined) => Promise<void>;
}

/** A rotation that is running. */
export interface Rotation {
  readonly context: RotationContext;
  /** With the credentials that its repositories have now. */
  readonly fleet: Fleet;
  readonly waves: readonly Wave[];
  /** The first wave, which tries the new PAT. */
  readonly canary: readonly FleetRepository[];
  /** As the stack's configuration holds or names them. */
  readonly pats: Record<PatKey, string | undefined>;
  readonly progress: Progress;
  /** Whether the old PAT is revoked at the end. */
  readonly revokes: boolean;
  /** When the policy packs last found no violation, in milliseconds since 1970. */
  judgedAt: number;
  /** The last preview, without what was applied since; absent after another configuration. */
  previewed: { readonly run: EngineRun; readonly at: number } | undefined;
}

/**
 * Prepares a rotation; nothing is changed.
 *
 * @throws {UserError} the fleet or the stack's state cannot be read, or its waves do not fit it
 */
export async function openRotation(context: RotationContext, revokes = false): Promise<Rotation> {
  const { stack } = context;
  const fleet = await findPresentFleet(stackClient(context), stack);
  const declared = { repositories: fleet.declared, skipped: fleet.skipped };
  const waves = inFleetFile(stack.settings, () => planRotation(declared, stack.settings.waves));
  const first = new Set(waves[0]?.repositories);
  const { pat, nextPat, previousPat } = stack;
  return {
    context,
    fleet,
    waves,
    canary: fleet.repositories.filter(({ name }) => first.has(name)),
    pats: { pat, nextPat, previousPat },
    progress: createProgress(context, fleet),
    revokes,
    judgedAt: -Infinity,
    previewed: undefined,
  };
}

/** Writes the state of the rotation into the configuration, before the step that it stands for. */
export async function storePat(
  rotation: Rotation,
  key: PatKey,
  value: string | undefined,
): Promise<void> {
  rotation.previewed = undefined;
  await rotation.context.storePat(key, value);
  rotation.pats[key] = value;
}

/** One wave of a rotation. */
export interface CredentialStep {
  readonly name: string;
  /** Repositories whose secrets are read from GitHub first: since an earlier run, a person may have changed them. */
  readonly rereads?: readonly string[];
  /** Which changes of credentials it applies; all if absent. */
  readonly applies?: (change: EngineChange) => boolean;
  /**
   * The repositories that have to publish with their credential; none if absent.
   *
   * @param changing those that get another credential in this step
   */
  readonly proves?: (changing: readonly string[]) => readonly string[];
  /** How many repositories may fail in this and the earlier steps; no further one if absent. */
  readonly failuresAllowed?: number;
}

/** A step that follows so soon needs no other preview, and brings nothing new for the packs that judged the PAT. */
const longestAge = 5 * 60_000;

/**
 * Previews and judges the whole stack, then applies the changes of credentials that belong to the step,
 * and waits for the repositories that have to publish.
 *
 * @returns how the rotation ends, where the next step must not start
 */
export async function runStep(
  rotation: Rotation,
  step: CredentialStep,
): Promise<RolloutEnd | undefined> {
  const { context, progress } = rotation;
  if (context.stop.aborted) return progress.end("stopped", step.name);
  const unread = await rereadSecrets(rotation, step.rereads ?? []);
  if (unread) return progress.end(unread.outcome, step.name, unread.reasons);
  const preview = await previewStep(rotation);
  if ("outcome" in preview) return progress.end(preview.outcome, step.name, preview.reasons);
  const unapplied = findUnapplied(rotation, preview);
  if (unapplied.length > 0) {
    return progress.end("failed", step.name, [applyFirst(context, unapplied)]);
  }
  const { changes, target } = changesOfStep(rotation, step, preview);
  const at = rotation.previewed?.at;
  rotation.previewed = undefined;
  const end = await applyStep(rotation, step, changes, [...target]);
  if (!end && at !== undefined) {
    const left = preview.changes.filter(({ urn }) => !target.has(urn));
    rotation.previewed = { run: { ...preview, changes: left }, at };
  }
  return end;
}

/** A repository that lost the secret of its trial would show with the organisation's that the new PAT publishes. */
async function rereadSecrets(
  { context }: Rotation,
  repositories: readonly string[],
): Promise<Refusal | undefined> {
  const { stack, stop, report } = context;
  if (repositories.length === 0) return undefined;
  const names = new Set(repositories.map((name) => name.toLowerCase()));
  const target = (await readStackRecord(stack.engine)).secrets.flatMap(({ urn, place }) =>
    place.scope !== "organization" && names.has(place.repository.toLowerCase()) ? [urn] : [],
  );
  if (target.length === 0) return undefined;
  report({ stack: stack.name, type: "previewing" });
  const onStatus = reportStatus(context);
  return judgePreview(context, await refreshStack(stack.engine, { target, stop, onStatus }));
}

async function previewStep(rotation: Rotation): Promise<EngineRun | Refusal> {
  const { context, previewed, judgedAt } = rotation;
  const { stack, clock, report } = context;
  const isYoung = (at: number) => clock.now() - at < longestAge;
  if (previewed && isYoung(previewed.at)) return previewed.run;
  report({ stack: stack.name, type: "previewing" });
  const at = clock.now();
  const isJudged = isYoung(judgedAt);
  const run = await previewAll(context, { packs: isJudged ? {} : context.packs, refresh: false });
  const refusal = judgePreview(context, run);
  if (refusal) return refusal;
  if (!isJudged) rotation.judgedAt = clock.now();
  rotation.previewed = { run, at };
  return run;
}

/** A step that changes nothing: the repositories publish with the credential that they have. */
export function proveStep(rotation: Rotation, step: CredentialStep) {
  return applyStep(rotation, step, [], []);
}

function applyStep(
  rotation: Rotation,
  { name, proves, failuresAllowed }: CredentialStep,
  changes: readonly EngineChange[],
  target: string[],
): Promise<RolloutEnd | undefined> {
  const { progress, pats } = rotation;
  const touched = changes.flatMap(({ repository }) => repository ?? []);
  const changing = [...new Set(touched)].sort();
  const proving = provable(rotation, proves?.(changing) ?? []);
  return applyWave(progress, {
    wave: { name, repositories: [...new Set([...proving, ...changing])] },
    changes,
    engine: { target },
    proofs: new Map(proving.map((repository) => [repository, { credential: true }])),
    pat: pats.nextPat ?? pats.pat,
    repeatFailed: true,
    stopsOnFailure: true,
    // Those that failed in an earlier wave were within its budget.
    failuresAllowed: failuresAllowed ?? progress.failures(),
  });
}

/**
 * Those of the repositories that can show that they publish. Pushes start runs without the secret of an
 * environment: only the fleet's own workflow can try that.
 */
export function provable(
  { context: { gate, stack }, fleet }: Rotation,
  names: readonly string[],
): readonly string[] {
  const { dispatch } = stack.settings.healthGate;
  const hidden = new Set(
    fleet.repositories.flatMap(({ name, credential }) =>
      credential === "environment" ? [name] : [],
    ),
  );
  return gate ? names.filter((name) => dispatch !== undefined || !hidden.has(name)) : [];
}

/**
 * Which repositories lose what depends on the token with the next update: they left the fleet, or got another name or
 * credential. The engine does not change the token unless all of that is deleted with it.
 *
 * @see https://www.pulumi.com/docs/iac/cli/commands/pulumi_up/ on --target
 */
function findUnapplied({ fleet }: Pick<Rotation, "fleet">, { changes }: EngineRun): string[] {
  const names = new Set(fleet.repositories.map(({ name }) => name));
  const blocking = changes.filter(
    (each) =>
      each.operation === "delete" &&
      (credentialTypes.has(each.type)
        ? !isCredentialChange(each, names)
        : each.repository !== undefined && !names.has(each.repository)),
  );
  return [...new Set(blocking.map(({ repository = "the organisation" }) => repository))].sort();
}

function applyFirst({ stack }: WavesContext, names: readonly string[]): string {
  return (
    `no update has applied yet that ${listed(names)} left the fleet, or got another name or credential, and the engine changes no PAT before: ` +
    `run \`ghcr-fleet rollout ${stack.name}\` first`
  );
}

/** The part of a preview of the whole stack that the step applies, and what the engine has to be given for that. */
export function changesOfStep(
  rotation: Pick<Rotation, "fleet" | "canary">,
  { applies = () => true }: Pick<CredentialStep, "applies">,
  preview: Pick<EngineRun, "changes" | "existing">,
): { readonly changes: readonly EngineChange[]; readonly target: ReadonlySet<string> } {
  const { changes, existing } = preview;
  const names = new Set(rotation.fleet.repositories.map(({ name }) => name));
  // A repository that is new to the fleet gets the current PAT with its first rollout.
  const applied = new Set(existing.filter(isPublishingUrn).map(repositoryOf));
  const possible = changes.filter(
    (each) =>
      isCredentialChange(each, names) &&
      (each.repository === undefined || applied.has(each.repository)),
  );
  const own = possible.filter(applies);
  // Without a trial there now, the secret of another first wave is deleted with the tokens, on which it depends.
  const former = own.some(({ type }) => type === ghcrType.token)
    ? possible.filter((each) => each.operation === "delete" && !own.includes(each))
    : [];
  const applying = [...own, ...former];
  const urns = applying.map(({ urn }) => urn);
  return { changes: applying, target: new Set([...urns, ...leavingTrial(rotation, preview)]) };
}

/** What changes with the PAT: the tokens, the secrets, and what is derived from them. */
const credentialTypes: ReadonlySet<string> = new Set([
  ghcrType.token,
  ghcrType.secret,
  ghcrType.variable,
  githubType.organizationVariable,
  "random:index/randomPet:RandomPet",
]);

/**
 * Whether a change belongs to a rotation. Other pending changes, files above all, wait for a rollout;
 * of deletions only the end of a trial belongs to a rotation.
 *
 * @param fleet names of the repositories that stay
 */
function isCredentialChange(
  { type, operation, urn, repository }: EngineChange,
  fleet: ReadonlySet<string>,
): boolean {
  if (!credentialTypes.has(type)) return false;
  if (operation !== "delete") return true;
  if (type === ghcrType.token) return isNextTokenUrn(urn);
  return type === ghcrType.secret && repository !== undefined && fleet.has(repository);
}

/**
 * The engine keeps a token while a resource in its state depends on it. So when the token of the trial is
 * deleted, the secrets that used it are updated too, even where nothing else about them changes.
 */
function leavingTrial(
  { canary }: Pick<Rotation, "canary">,
  { changes, existing }: Pick<EngineRun, "changes" | "existing">,
): string[] {
  if (!changes.some(({ type, operation }) => type === ghcrType.token && operation === "delete")) {
    return [];
  }
  const names = new Set(canary.map(({ name }) => name));
  return existing.filter((urn) => isSecretUrn(urn) && names.has(repositoryOf(urn) ?? ""));
}
