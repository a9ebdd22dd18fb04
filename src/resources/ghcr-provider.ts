import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { providerProperties } from "../properties/provider.ts";

type Args = z.input<typeof providerProperties.args>;

export type GhcrProviderArgs = {
  [Name in keyof Omit<Args, "repositories">]: pulumi.Input<Args[Name]>;
} & {
  /** The fleet: repository name to branch. The removal guard compares it with the last run's. */
  repositories: Readonly<Record<string, string>>;
};

/** The plugin in provider/, configured with the fleet so that it can read it in batches. */
export class GhcrProvider extends pulumi.ProviderResource {
  constructor(name: string, args: GhcrProviderArgs, opts?: pulumi.ResourceOptions) {
    const { token, repositories, ...rest } = args;
    super(
      "ghcr",
      name,
      {
        ...rest,
        token: token && pulumi.secret(token),
        // As one text, for the reason in src/properties/provider.ts.
        repositories: JSON.stringify(repositories),
      },
      opts,
    );
  }
}
