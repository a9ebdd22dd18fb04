import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import type { FleetRepository } from "../../fleet/fleet.ts";
import { exportState } from "../../stack/export-state.ts";
import { UserError } from "../../user-error.ts";
import { isComponentUrn, repositoryOf } from "../../stack/engine-change.ts";

const deploymentSchema = z.object({ resources: z.array(z.looseObject({ urn: z.string() })) });

/**
 * A rotation changes what a rollout has made: repositories that are to try a new PAT have to be
 * there.
 *
 * @throws {UserError} names those that were never applied
 */
export async function assertApplied(
  stack: Stack,
  canary: readonly FleetRepository[],
): Promise<void> {
  const { data } = deploymentSchema.safeParse((await exportState(stack)).deployment);
  const urns = (data?.resources ?? []).map(({ urn }) => urn);
  const applied = new Set(urns.filter(isComponentUrn).map(repositoryOf));
  const missing = canary.flatMap(({ name }) => (applied.has(name) ? [] : [name]));
  if (missing.length === 0) return;
  throw new UserError(
    `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} to try the new PAT, and not applied yet: ` +
      `run \`ghcr-fleet rollout ${stack.name}\` first. Where the stack has no PAT that lives, ` +
      `give it the new one: pulumi config set --secret ghcr-fleet:pat --stack ${stack.name}`,
  );
}
