// What the program uses of the SDK. The SDK's index loads more than twice of that: a TypeScript compiler, the Automation
// API, and the server of providers. Packages of official providers load the index, too.
export { Config } from "@pulumi/pulumi/config.js";
export { RunError } from "@pulumi/pulumi/errors.js";
export { getProject, getRootDirectory, getStack } from "@pulumi/pulumi/metadata.js";
export {
  all,
  getAllResources,
  output,
  secret,
  unknown,
  type Input,
  type Inputs,
  type Output,
} from "@pulumi/pulumi/output.js";
export {
  ComponentResource,
  CustomResource,
  ProviderResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Resource,
  type ResourceOptions,
} from "@pulumi/pulumi/resource.js";
export * as log from "@pulumi/pulumi/log/index.js";
export * as runtime from "@pulumi/pulumi/runtime/settings.js";
