import { actionsSettingsProperties } from "../properties/actions-settings.ts";
import { deploymentEnvironmentProperties } from "../properties/deployment-environment.ts";
import { registrySecretProperties } from "../properties/registry-secret.ts";
import { registryTokenProperties } from "../properties/registry-token.ts";
import { registryVariableProperties } from "../properties/registry-variable.ts";
import { repositoryPublishingProperties } from "../properties/repository-publishing.ts";
import { sharedWorkflowProperties } from "../properties/shared-workflow.ts";

/** Types of the ghcr provider. */
export const ghcrType = {
  token: registryTokenProperties.token,
  secret: registrySecretProperties.token,
  variable: registryVariableProperties.token,
  environment: deploymentEnvironmentProperties.token,
  settings: actionsSettingsProperties.token,
  publishing: repositoryPublishingProperties.token,
  shared: sharedWorkflowProperties.token,
} as const;

/** Types of Pulumi's GitHub provider: https://www.pulumi.com/registry/packages/github/ */
export const githubType = {
  organizationVariable: "github:index/actionsOrganizationVariable:ActionsOrganizationVariable",
  accessLevel: "github:index/actionsRepositoryAccessLevel:ActionsRepositoryAccessLevel",
} as const;
