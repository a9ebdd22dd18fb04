import * as pulumi from "@pulumi/pulumi";
import { newPatPage } from "../account.ts";
import type { GitHubHost } from "../github-host.ts";
import { UserError } from "../user-error.ts";
import { leakingVariables } from "../leaking-variables.ts";
import type { PatSources } from "../pat/pat-source.ts";
import { readByProvider, withheldPat } from "../pat/stand-ins.ts";

/**
 * The publishing PAT: a text that stands for it where the provider reads it itself, or the secret of the
 * stack's configuration. The engine masks only secret values of the configuration everywhere, so the
 * program takes a PAT only from there.
 *
 * GHCR_FLEET_WITHOUT_PAT=1 previews without it, for previews that must not have it: values that depend
 * on the PAT are then those of the last update.
 *
 * @throws {UserError} it is missing, or an update was started without it, or the engine logs its calls
 */
export function requirePat(
  config: pulumi.Config,
  sources: PatSources,
  environment: Readonly<Record<string, string | undefined>>,
  host: GitHubHost,
): pulumi.Output<string> {
  const [leaking] = leakingVariables(environment);
  if (leaking !== undefined) {
    throw new UserError(
      `${leaking} is set: the engine has written tokens in clear into its log or trace (${environment[leaking]}). ` +
        "Delete that file, unset the variable, and replace the tokens if anybody could read it",
    );
  }
  if (environment["GHCR_FLEET_WITHOUT_PAT"] === "1") {
    if (pulumi.runtime.isDryRun()) return pulumi.secret(withheldPat);
    throw new UserError(
      "GHCR_FLEET_WITHOUT_PAT is set: a preview works without the publishing PAT, an update does not. Unset it",
    );
  }
  if (sources.pat) return pulumi.secret(readByProvider.pat);
  const pat = config.getSecret("pat");
  if (pat) return pat;
  throw new UserError(
    "the publishing PAT is missing. Create a classic one that expires within 90 days at\n" +
      `  ${newPatPage(host)}\n` +
      "and say where the provider reads it: pulumi config set --path ghcr-fleet:patFrom.env GHCR_FLEET_PAT",
  );
}
