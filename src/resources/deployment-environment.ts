import * as pulumi from "@pulumi/pulumi";

export interface DeploymentEnvironmentArgs {
  owner: pulumi.Input<string>;
  repository: pulumi.Input<string>;
  /** Its name, e.g. `release`. */
  environment: pulumi.Input<string>;
  /** Patterns of the branches that may deploy to it, sorted. */
  branches: string[];
  /** Patterns of the tags that may deploy to it, sorted. */
  tags: string[];
}

/** An environment that only the named branches and tags may use. */
export class DeploymentEnvironment extends pulumi.CustomResource {
  constructor(name: string, args: DeploymentEnvironmentArgs, opts?: pulumi.CustomResourceOptions) {
    super("ghcr:index:DeploymentEnvironment", name, { ...args }, opts);
  }
}
