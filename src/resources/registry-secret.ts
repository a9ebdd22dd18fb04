import * as pulumi from "@pulumi/pulumi";

interface CommonArgs {
  owner: pulumi.Input<string>;
  /** Name of the Actions secret, e.g. `GHCR_PAT`. */
  name: pulumi.Input<string>;
  /** The value: it is sealed before anything else sees it. */
  value: pulumi.Input<string>;
}

export type RegistrySecretArgs = CommonArgs &
  (
    | {
        scope: "organization";
        /** The repositories that may use it: name to numeric id. */
        repositories: pulumi.Input<Record<string, pulumi.Input<number>>>;
      }
    | { scope: "repository"; repository: pulumi.Input<string> }
    | { scope: "environment"; repository: pulumi.Input<string>; environment: pulumi.Input<string> }
  );

/** An Actions secret whose value is in no state, plan or diff: only a sealed box and a hash are. */
export class RegistrySecret extends pulumi.CustomResource {
  /** base64 SHA-256 of the value. */
  declare readonly hash: pulumi.Output<string>;
  /** ISO-8601: when GitHub says that it was last written. */
  declare readonly updatedAt: pulumi.Output<string>;

  constructor(name: string, args: RegistrySecretArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { hash: undefined, updatedAt: undefined };
    const inputs = { ...args, value: pulumi.secret(args.value) };
    super("ghcr:index:RegistrySecret", name, { ...outputs, ...inputs }, opts);
  }
}
