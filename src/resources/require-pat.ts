import type * as pulumi from "@pulumi/pulumi";
import { UserError } from "../user-error.ts";

/**
 * The publishing PAT from the stack's configuration. Only a secret value of the configuration is
 * masked by the engine everywhere, so there is no other way in.
 *
 * @throws {UserError} it is missing, or the engine is told to log what it sends
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
  const pat = config.getSecret("pat");
  if (pat) return pat;
  throw new UserError(
    "the publishing PAT is missing. Create a classic one that expires within 90 days at\n" +
      "  https://github.com/settings/tokens/new?scopes=write:packages\n" +
      "and store it: pulumi config set --secret ghcr-fleet:pat",
  );
}
