import type * as pulumi from "@pulumi/pulumi";
import { UserError } from "../user-error.ts";

/**
 * The publishing PAT from the stack's configuration. Only a secret value of the configuration is
 * masked by the engine everywhere, so there is no other way in.
 *
 * @throws {UserError} it is missing; says how to create and set it
 */
export function requirePat(config: pulumi.Config): pulumi.Output<string> {
  const pat = config.getSecret("pat");
  if (pat) return pat;
  throw new UserError(
    "the publishing PAT is missing. Create a classic one that expires within 90 days at\n" +
      "  https://github.com/settings/tokens/new?scopes=write:packages\n" +
      "and store it: pulumi config set --secret ghcr-fleet:pat",
  );
}
