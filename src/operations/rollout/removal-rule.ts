import { refuseRemoval } from "../../fleet/removal-guard.ts";
import {
  isPublishingUrn,
  isDeparture,
  isSecretRemoval,
  isSecretUrn,
  repositoryOf,
} from "../../stack/engine-change.ts";
import type { EngineRun } from "../../stack/run-engine.ts";

export interface RemovalLimits {
  /** How many secrets may be removed without confirmation; a quarter if absent. */
  readonly secretRemovals: number | undefined;
  /** How many repositories, and how many secrets, this run may remove. */
  readonly allowed: number;
}

/**
 * The removal rule for rollouts. The provider's removal guard compares the fleet before and after one
 * update; in a rollout the first wave already records the new fleet, and the last one removes. So the
 * rule is also applied to what the engine is about to remove, and to secrets.
 *
 * @returns the reasons for refusing
 */
export function judgeRemovals(
  { changes, existing }: Pick<EngineRun, "changes" | "existing">,
  { secretRemovals, allowed }: RemovalLimits,
): string[] {
  const managed = existing.filter(isPublishingUrn).map((urn) => repositoryOf(urn) ?? "");
  const secrets = existing.filter(isSecretUrn).length;
  const leaving = new Set(changes.filter(isDeparture).map(({ repository }) => repository));
  const staying = managed.filter((name) => !leaving.has(name));
  const reasons = [refuseRemoval(managed, staying, allowed)];
  const removals = changes.filter(isSecretRemoval);
  // A repository's secret only hides the organisation's: without it the repository still has a secret.
  const isShared = (urn: string) => isSecretUrn(urn) && repositoryOf(urn) === undefined;
  const sharedStays =
    existing.some(isShared) && removals.every(({ repository }) => repository !== undefined);
  const removed = sharedStays ? 0 : removals.length;
  const most = Math.max(allowed, secretRemovals ?? Math.max(1, Math.floor(secrets / 4)));
  if (removed > most) {
    reasons.push(
      `this rollout removes ${removed} of ${secrets} secrets; ${most} may be removed without confirmation: ` +
        `check fleet.secret and fleet.repositories, or run with --allow-removals ${removed}`,
    );
  }
  return reasons.filter((reason) => reason !== undefined);
}
