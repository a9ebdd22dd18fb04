import type { FleetRepository } from "../../fleet/fleet.ts";
import { findShadowed } from "./admit-pat.ts";
import type { RolloutContext } from "../rollout/plan-rollout.ts";

/**
 * What a person has to take away of a trial that is over: where a run was killed right after it had
 * written a shadow, the state does not know of it.
 */
export async function leftShadows(
  context: Pick<RolloutContext, "stack" | "tell">,
  repositories: readonly Pick<FleetRepository, "name">[],
): Promise<string[]> {
  const { name, settings } = context.stack;
  return (await findShadowed(context, repositories)).map(
    (repository) =>
      `${repository} still has a secret ${settings.secret.name} of its own, which hides the organisation's: ` +
      `take it away with \`ghcr-fleet drift ${name} --fix --delete-shadows\``,
  );
}
