import { createRequire } from "node:module";
import type { ActionsOrganizationVariableArgs } from "@pulumi/github/actionsOrganizationVariable.js";
import type { ActionsRepositoryAccessLevelArgs } from "@pulumi/github/actionsRepositoryAccessLevel.js";
import type { RandomIntegerArgs } from "@pulumi/random/randomInteger.js";
import type { RandomPetArgs } from "@pulumi/random/randomPet.js";
import * as pulumi from "./pulumi.ts";

// Resources of the official providers. The classes in their npm packages do no more, but load the SDK's index.

/** @see https://www.pulumi.com/registry/packages/github/api-docs/actionsorganizationvariable/ */
export const ActionsOrganizationVariable = resourceClass<ActionsOrganizationVariableArgs>(
  "github",
  "ActionsOrganizationVariable",
);

/** @see https://www.pulumi.com/registry/packages/github/api-docs/actionsrepositoryaccesslevel/ */
export const ActionsRepositoryAccessLevel = resourceClass<ActionsRepositoryAccessLevelArgs>(
  "github",
  "ActionsRepositoryAccessLevel",
);

/** @see https://www.pulumi.com/registry/packages/random/api-docs/randominteger/ */
export const RandomInteger = resourceClass<
  RandomIntegerArgs,
  { readonly result: pulumi.Output<number> }
>("random", "RandomInteger", { result: undefined });

/** @see https://www.pulumi.com/registry/packages/random/api-docs/randompet/ */
export const RandomPet = resourceClass<RandomPetArgs>("random", "RandomPet");

type ResourceClass<Args, Outputs> = new (
  name: string,
  args: Args,
  opts: pulumi.CustomResourceOptions,
) => pulumi.CustomResource & Outputs;

/** @param outputs the names of its outputs beside the id; the SDK fills what it is given */
function resourceClass<Args, Outputs = unknown>(
  provider: "github" | "random",
  type: string,
  outputs: { readonly [Name in keyof Outputs]: undefined } = {} as never,
): ResourceClass<Args, Outputs> {
  const token = `${provider}:index/${type[0]?.toLowerCase()}${type.slice(1)}:${type}`;
  class OfficialResource extends pulumi.CustomResource {
    constructor(name: string, args: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
      super(token, name, { ...args, ...outputs }, { version: versionOf(provider), ...opts });
    }
  }
  return OfficialResource as unknown as ResourceClass<Args, Outputs>;
}

/** Of the npm package, which is that of the provider. */
function versionOf(provider: string): string {
  const require = createRequire(import.meta.url);
  return (require(`@pulumi/${provider}/package.json`) as { version: string }).version;
}
