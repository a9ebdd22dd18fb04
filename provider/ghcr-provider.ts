import { createGitHubClient } from "../src/github/client/github-client.ts";
import { createWriteTurns } from "../src/github/client/write-turns.ts";
import { providerProperties } from "../src/properties/provider.ts";
import { actionsSettingsProperties } from "../src/properties/actions-settings.ts";
import { deploymentEnvironmentProperties } from "../src/properties/deployment-environment.ts";
import { packageAccessProperties } from "../src/properties/package-access.ts";
import { registrySecretProperties } from "../src/properties/registry-secret.ts";
import { registryTokenProperties } from "../src/properties/registry-token.ts";
import { registryVariableProperties } from "../src/properties/registry-variable.ts";
import { workflowFilesProperties } from "../src/properties/workflow-files.ts";
import { checkConfiguration, parseConfiguration } from "./configuration.ts";
import { currentResource, type EngineLog } from "./protocol/engine-log.ts";
import type { ProviderDefinition } from "./protocol/server.ts";
import { actionsSettings } from "./resources/actions-settings.ts";
import { deploymentEnvironment } from "./resources/deployment-environment.ts";
import { packageAccess } from "./resources/package/package-access.ts";
import { leavingWithRepositories } from "./resources/gone-repositories.ts";
import { Packages } from "./resources/package/packages.ts";
import { registryToken } from "./resources/registry-token.ts";
import { registryVariable } from "./resources/registry-variable.ts";
import { RepositorySnapshots } from "./resources/repository-snapshots.ts";
import { registrySecret } from "./resources/secret/registry-secret.ts";
import { Vault } from "./resources/vault.ts";
import { WorkflowTexts } from "./resources/workflow-files/workflow-texts.ts";
import { workflowFiles } from "./resources/workflow-files/workflow-files.ts";

const declaration = {
  name: "ghcr",
  version: "0.1.0",
  displayName: "GHCR",
  description: "Publishing access to the GitHub Container Registry.",
  provider: providerProperties,
  resources: [
    registryTokenProperties,
    registrySecretProperties,
    registryVariableProperties,
    deploymentEnvironmentProperties,
    actionsSettingsProperties,
    workflowFilesProperties,
    packageAccessProperties,
  ],
};

/**
 * The provider of this plugin.
 *
 * @param log shows waits next to the waiting resource
 */
export function ghcrProvider(
  log: EngineLog,
  environment: Readonly<Record<string, string | undefined>>,
): ProviderDefinition {
  const vault = new Vault();
  const stop = new AbortController();
  return {
    declaration,
    checkConfig: checkConfiguration,
    configure(args) {
      const configuration = parseConfiguration({ token: environment["GITHUB_TOKEN"], ...args });
      const { owner, token, repositories, registryUrl } = configuration;
      if (token) vault.keep(token);
      const connection = {
        ...configuration,
        onWait: (message: string) => log.status(currentResource.getStore() ?? "", message),
        signal: stop.signal,
        paceReads: true,
        writeTurn: createWriteTurns(environment["GHCR_FLEET_WRITE_BUDGET"], stop.signal),
      };
      const github = createGitHubClient(connection);
      const fleetSize = Object.keys(repositories).length;
      const snapshots = new RepositorySnapshots(github, owner, repositories);
      const access = { github, snapshots, texts: new WorkflowTexts(github, snapshots) };
      const types = [
        registryToken((pat) => createGitHubClient({ ...connection, token: pat }), vault),
        registrySecret(github, snapshots, vault),
        registryVariable(github, snapshots),
        deploymentEnvironment(github),
        actionsSettings(github, snapshots, owner),
        workflowFiles(access),
        packageAccess(new Packages(github, owner, fleetSize), registryUrl, vault, access),
      ];
      return types.map(leavingWithRepositories(github, snapshots));
    },
    cancel: () => stop.abort(),
    redact: (text) => vault.redact(text),
  };
}
