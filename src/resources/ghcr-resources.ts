import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { actionsSettingsProperties } from "../properties/actions-settings.ts";
import { deploymentEnvironmentProperties } from "../properties/deployment-environment.ts";
import { registrySecretProperties } from "../properties/registry-secret.ts";
import { registryTokenProperties } from "../properties/registry-token.ts";
import { registryVariableProperties } from "../properties/registry-variable.ts";
import { repositoryPublishingProperties } from "../properties/repository-publishing.ts";
import { sharedWorkflowProperties } from "../properties/shared-workflow.ts";
import { secretArgs, type ResourceProperties } from "../properties/resource-properties.ts";

/** The publishing PAT as GitHub describes it; its value is in no state. */
export const RegistryToken = resourceClass(registryTokenProperties);
export type RegistryToken = InstanceType<typeof RegistryToken>;

/** An Actions secret whose value is in no state, plan or diff: only a sealed box and a hash are. */
export const RegistrySecret = resourceClass(registrySecretProperties);
export type RegistrySecret = InstanceType<typeof RegistrySecret>;

/** A variable of Actions in one repository, created or replaced. */
export const RegistryVariable = resourceClass(registryVariableProperties);
export type RegistryVariable = InstanceType<typeof RegistryVariable>;

/** An environment that only the named branches and tags may use. */
export const DeploymentEnvironment = resourceClass(deploymentEnvironmentProperties);
export type DeploymentEnvironment = InstanceType<typeof DeploymentEnvironment>;

/** What the workflows of a repository may do by default, and which actions they may use. */
export const ActionsSettings = resourceClass(actionsSettingsProperties);
export type ActionsSettings = InstanceType<typeof ActionsSettings>;

/** How one repository publishes: its workflows, repaired or those of the templates, and its packages. */
export const RepositoryPublishing = resourceClass(repositoryPublishingProperties);
export type RepositoryPublishing = InstanceType<typeof RepositoryPublishing>;

/** The workflow that callers share, in its central repository. */
export const SharedWorkflow = resourceClass(sharedWorkflowProperties);
export type SharedWorkflow = InstanceType<typeof SharedWorkflow>;

/** The provider sends null for an absent output, so that previews know that it is absent. */
export function ifPresent<T>(output: pulumi.Output<T | null>): pulumi.Output<T | undefined> {
  return output.apply((value) => value ?? undefined);
}

type ArgsOf<T> = T extends unknown ? { [Name in keyof T]: pulumi.Input<PartsOf<T[Name]>> } : never;

/** Each property of an object may be an output of its own. */
type PartsOf<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Name in keyof T]: pulumi.Input<T[Name]> }
    : T;

type OutputsOf<T> = { readonly [Name in keyof T]-?: pulumi.Output<T[Name]> };

type ResourceClass<Properties extends ResourceProperties> = new (
  name: string,
  args: ArgsOf<z.input<Properties["args"]>>,
  opts?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource & OutputsOf<z.output<Properties["state"]>>;

/** A typed class for a resource of the plugin in provider/. */
function resourceClass<Properties extends ResourceProperties>(
  properties: Properties,
): ResourceClass<Properties> {
  // The SDK makes outputs of all inputs, including undefined ones.
  const outputs = Object.fromEntries(
    Object.keys(properties.state.shape).map((name) => [name, undefined]),
  );
  const secrets = secretArgs(properties);
  class GhcrResource extends pulumi.CustomResource {
    constructor(name: string, args: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
      const inputs = { ...args };
      for (const secret of secrets) {
        if (inputs[secret] !== undefined) inputs[secret] = pulumi.secret(inputs[secret]);
      }
      // The SDK takes four stack traces for each property, and keeps them: 2 ms and 400 KB a resource, which only say
      // that this line was reached. For the line of the program that declares the resource, it lifts the limit itself.
      const limit = Error.stackTraceLimit;
      Error.stackTraceLimit = 0;
      try {
        super(properties.token, name, { ...outputs, ...inputs }, opts);
      } finally {
        Error.stackTraceLimit = limit;
      }
    }
  }
  return GhcrResource as unknown as ResourceClass<Properties>;
}
