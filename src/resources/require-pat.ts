import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../user-error.ts";
import { withheldPat } from "../withheld-pat.ts";

/**
 * The publishing PAT from the stack's configuration. The engine masks only secret values of the
 * configuration everywhere, so the PAT comes only from there.
 *
 * GHCR_FLEET_WITHOUT_PAT=1 previews without it, for previews that must not have it: values that depend
 * on the PAT are then those of the last update.
 *
 * @throws {UserError} it is missing, or an update was started without it, or the engine logs its calls
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
      "GHCR_FLEET_WITHOUT_PAT is set: a preview works without the publishing PAT, an update does not. Unset it",
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
