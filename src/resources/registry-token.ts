import * as pulumi from "@pulumi/pulumi";

export interface RegistryTokenArgs {
  /** The PAT: a secret from configuration. It is inspected and then forgotten. */
  value: pulumi.Input<string>;
  /** The login that must own it. */
  owner?: pulumi.Input<string> | undefined;
  /** The longest life that it may have left, in days. */
  maxDays?: pulumi.Input<number> | undefined;
}

/** The publishing PAT as GitHub describes it; its value is in no state. */
export class RegistryToken extends pulumi.CustomResource {
  /** base64 SHA-256, as in the audit log's `hashed_token`. */
  declare readonly hash: pulumi.Output<string>;
  declare readonly kind: pulumi.Output<string>;
  /** Login of the account that the token acts as. */
  declare readonly owner: pulumi.Output<string>;
  declare readonly scopes: pulumi.Output<string[]>;
  /** ISO-8601; absent when it never expires. */
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  /** ISO-8601, by GitHub's clock: when this token was first given to the stack. */
  declare readonly firstSeenAt: pulumi.Output<string>;

  constructor(name: string, args: RegistryTokenArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      hash: undefined,
      kind: undefined,
      scopes: undefined,
      expiresAt: undefined,
      firstSeenAt: undefined,
    };
    const inputs = { owner: args.owner, maxDays: args.maxDays, value: pulumi.secret(args.value) };
    super("ghcr:index:RegistryToken", name, { ...outputs, ...inputs }, opts);
  }
}
