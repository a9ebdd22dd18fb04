import * as pulumi from "@pulumi/pulumi";

export interface RegistryVariableArgs {
  owner: pulumi.Input<string>;
  repository: pulumi.Input<string>;
  /** Name of the variable of Actions, e.g. `GHCR_USERNAME`. */
  name: pulumi.Input<string>;
  value: pulumi.Input<string>;
}

/** A variable of Actions in one repository, created or replaced. */
export class RegistryVariable extends pulumi.CustomResource {
  constructor(name: string, args: RegistryVariableArgs, opts?: pulumi.CustomResourceOptions) {
    super("ghcr:index:RegistryVariable", name, { ...args }, opts);
  }
}
