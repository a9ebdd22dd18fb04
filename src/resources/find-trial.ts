import * as pulumi from "@pulumi/pulumi";
import type { FleetConfig } from "../fleet/fleet-config.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { planRotation } from "../fleet/plan-waves.ts";
import type { PatSources } from "../pat/pat-source.ts";
import { readByProvider, withheldPat } from "../pat/stand-ins.ts";

/** A new PAT that a few repositories try before all repositories get it. */
export interface PatTrial {
  readonly pat: pulumi.Output<string>;
  /** Names of the repositories of the first wave. */
  readonly repositories: ReadonlySet<string>;
}

/**
 * While the configuration has `ghcr-fleet:nextPat` or `nextPatFrom`, the first wave of the fleet publishes with it: where
 * repositories share the organisation's secret, one of their own hides it.
 *
 * @returns nothing if no rotation is running
 * @see https://docs.github.com/en/actions/concepts/security/secrets#naming-your-secrets
 */
export function findTrial(
  config: pulumi.Config,
  sources: PatSources,
  environment: Readonly<Record<string, string | undefined>>,
  fleet: Fleet,
  waves: FleetConfig["waves"],
): PatTrial | undefined {
  const next = sources.nextPat
    ? pulumi.secret(readByProvider.nextPat)
    : config.getSecret("nextPat");
  if (!next) return undefined;
  return {
    pat: environment["GHCR_FLEET_WITHOUT_PAT"] === "1" ? pulumi.secret(withheldPat) : next,
    repositories: new Set(planRotation(fleet, waves)[0]?.repositories),
  };
}
