import * as pulumi from "@pulumi/pulumi";
import { newPatPage } from "../account.ts";
import { withPat, type Fleet } from "../fleet/fleet.ts";
import { UserError } from "../user-error.ts";
import { leakingVariables } from "../leaking-variables.ts";
import type { PatSources } from "../pat/pat-source.ts";
import { readByProvider, withheldPat } from "../pat/stand-ins.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {UserError} the engine logs its calls */
export function assertUnlogged(environment: Environment): void {
  const [leaking] = leakingVariables(environment);
  if (leaking === undefined) return;
  throw new UserError(
    `${leaking} is set: the engine has written tokens in clear into its log or trace (${environment[leaking]}). ` +
      "Delete that file, unset the variable, and replace the tokens if anybody could read it",
  );
}

/**
 * The publishing PAT: a text that stands for it where the provider reads it itself, or the secret of the
 * stack's configuration. The engine masks only secret values of the configuration everywhere, so the
 * program takes a PAT only from there.
 *
 * GHCR_FLEET_WITHOUT_PAT=1 previews without it, for previews that must not have it: values that depend
 * on the PAT are then those of the last update.
 *
 * @returns nothing where every repository publishes with the job's own token, and none is configured. One that is
 *   configured stays in use until it is removed: the state may hold secrets that depend on it.
 * @throws {UserError} it is missing, or an update was started without it
 */
export function requirePat(
  config: pulumi.Config,
  sources: PatSources,
  environment: Environment,
  { host, repositories }: Pick<Fleet, "host" | "repositories">,
): pulumi.Output<string> | undefined {
  const configured = sources.pat
    ? pulumi.secret<string>(readByProvider.pat)
    : config.getSecret("pat");
  if (!configured && withPat(repositories).length === 0) return undefined;
  if (environment["GHCR_FLEET_WITHOUT_PAT"] === "1") {
    if (pulumi.runtime.isDryRun()) return pulumi.secret(withheldPat);
    throw new UserError(
      "GHCR_FLEET_WITHOUT_PAT is set: a preview works without the publishing PAT, an update does not. Unset it",
    );
  }
  if (configured) return configured;
  throw new UserError(
    "the publishing PAT is missing. Create a classic one that expires within 90 days at\n" +
      `  ${newPatPage(host)}\n` +
      "and say where the provider reads it: pulumi config set --path ghcr-fleet:patFrom.env GHCR_FLEET_PAT",
  );
}
