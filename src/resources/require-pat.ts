import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../user-error.ts";
import { withheldPat } from "../withheld-pat.ts";

/**
 * The publishing PAT from the stack's configuration. Only a secret value of the configuration is
 * masked by the engine everywhere, so the PAT comes from there only.
 *
 * GHCR_FLEET_WITHOUT_PAT=1 previews without it, where those who preview must not have it: what
 * depends on it is then taken as it was at the last update.
 *
 * @throws {UserError} it is missing, or an update was asked to run without it, or the engine
 *   logs what it sends
 */
export function requirePat(
  config: pulumi.Config,
  environment: Readonly<Record<string, string | undefined>>,
): pulumi.Output<string> {
  if (environment["PULUMI_DEBUG_GRPC"]) {
    throw new UserError(
      `PULUMI_DEBUG_GRPC is set: the engine has written the PAT and the admin token in clear to ${environment["PULUMI_DEBUG_GRPC"]}. ` +
        "Delete that file, unset the variable, and replace both tokens if anybody could read it",
    );
  }
  if (environment["GHCR_FLEET_WITHOUT_PAT"] === "1") {
    if (pulumi.runtime.isDryRun()) return pulumi.secret(withheldPat);
    throw new UserError(
      "GHCR_FLEET_WITHOUT_PAT is set: a preview can do without the publishing PAT, an update cannot. Unset it",
    );
  }
  const pat = config.getSecret("pat");
  if (pat) return pat;
  throw new UserError(
    "the publishing PAT is missing. Create a classic one that expires within 90 days at\n" +
      "  https://github.com/settings/tokens/new?scopes=write:packages\n" +
      "and store it: pulumi config set --secret ghcr-fleet:pat",
  );
}
