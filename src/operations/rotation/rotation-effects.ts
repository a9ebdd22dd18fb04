import { sharingSecret, withPat } from "../../fleet/fleet.ts";
import { isTokenAlive } from "../../github/tokens/is-token-alive.ts";
import type { PatKey } from "../../pat/pat-source.ts";
import { journalPath, readJournal } from "../waves/journal.ts";
import type { RolloutEnd } from "../waves/rollout-event.ts";
import { stackClient } from "../waves/waves-context.ts";
import { checkNewPat, findPatProblem, isInState, publishedImages } from "./check-new-pat.ts";
import {
  proveStep,
  runStep,
  storePat,
  type CredentialStep,
  type Rotation,
} from "./credential-step.ts";
import { rotationSteps, type RotationStart } from "./rotation-steps.ts";
import { assertUnshadowed, leftShadows } from "./shadows.ts";

/**
 * What a rotation asks and does outside of itself. The order of it all is decided without GitHub, engine
 * and files, so that a test can run it in thousands of schedules.
 */
export interface RotationEffects {
  /** Shows what follows, and asks. */
  confirm(start: RotationStart): Promise<boolean>;
  /** Whether GitHub accepts the PAT, whatever its rights. */
  isAlive(pat: string | undefined): Promise<boolean>;
  /** Why the fleet cannot use the PAT, if it cannot. */
  problemOf(role: "new" | "old", pat: string | undefined): Promise<string | undefined>;
  /** Whether an update has given it to some repositories. */
  isInState(pat: string): Promise<boolean>;
  /** @throws {UserError} the PAT may not publish, or the repositories that would try it are not applied */
  assertReady(candidate: string): Promise<void>;
  /** @throws {UserError} names repositories whose own secret a trial would overwrite */
  assertUnshadowed(): Promise<void>;
  /** What a person has to delete after a trial, one sentence for each repository. */
  leftShadows(): Promise<string[]>;
  store(key: PatKey, value: string | undefined): Promise<void>;
  /** @returns how the rotation ends, where the next step must not start */
  step(step: CredentialStep): Promise<RolloutEnd | undefined>;
  /** A step that changes nothing: the repositories publish with the credential that they have. */
  prove(step: CredentialStep): Promise<RolloutEnd | undefined>;
  /** From now on, every step is saved; an earlier journal is continued. */
  openJournal(): Promise<void>;
}

/** A rotation, and how it acts. */
export interface RotationRun {
  readonly rotation: Rotation;
  readonly effects: RotationEffects;
}

export function rotationEffects(rotation: Rotation): RotationEffects {
  const { context, fleet, canary, progress } = rotation;
  const { stack } = context;
  return {
    confirm(start) {
      const steps = rotationSteps(rotation, start, rotation.revokes);
      context.report({ stack: stack.name, type: "rotation-planned", steps });
      return context.confirm();
    },
    isAlive: async (pat) => pat !== undefined && isTokenAlive(stackClient(context, pat)),
    problemOf: (role, pat) => findPatProblem(context, role, pat),
    isInState: (pat) => isInState(stack.engine, pat),
    async assertReady(candidate) {
      const images = await publishedImages(stack.engine, canary, withPat(fleet.repositories));
      const token = await checkNewPat(context, candidate, images);
      const expires = token.expiresAt?.slice(0, 10) ?? "never";
      report(
        rotation,
        "note",
        `the new PAT of ${token.owner} may publish, and expires on ${expires}`,
      );
    },
    assertUnshadowed: () => assertUnshadowed(context, sharingSecret(canary)),
    leftShadows: () => leftShadows(context, sharingSecret(canary)),
    store: (key, value) => storePat(rotation, key, value),
    step: (step) => runStep(rotation, step),
    prove: (step) => proveStep(rotation, step),
    async openJournal() {
      const file = journalPath(context.folder, stack.name, "rotation");
      progress.useJournal(file, await readJournal(file, stack.name));
    },
  };
}

export function report({ context }: Rotation, type: "note" | "warning", message: string): void {
  context.report({ stack: context.stack.name, type, message });
}
