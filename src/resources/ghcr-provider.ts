import * as pulumi from "@pulumi/pulumi";

export interface GhcrProviderArgs {
  /** The organisation whose repositories are managed. */
  owner: pulumi.Input<string>;
  /** Root of the REST API, e.g. `https://api.github.com`. */
  baseUrl: pulumi.Input<string>;
  /** Root of the registry; `https://ghcr.io` where it is absent. */
  registryUrl?: pulumi.Input<string> | undefined;
  /** The admin token. */
  token?: pulumi.Input<string> | undefined;
  pace?: pulumi.Input<"steady" | "burst"> | undefined;
  /** The fleet: repository name to branch. The removal guard compares it with the last run's. */
  repositories: Readonly<Record<string, string>>;
  /** The owner that the stack may go to in this one run, from another; it is not kept. */
  allowOwner?: pulumi.Input<string> | undefined;
  /** How many repositories may leave in this one run; it is not kept. */
  allowRemovals?: pulumi.Input<number> | undefined;
}

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
        // As one text: provider/configuration.ts says why.
        repositories: JSON.stringify(repositories),
      },
      opts,
    );
  }
}
