import { loadGitHubApp } from "../src/github/client/github-app.ts";
import { gitHubHost } from "../src/github-host.ts";
import { createGitHubClient } from "../src/github/client/github-client.ts";
import { createWriteTurns } from "../src/github/client/pace/write-turns.ts";
import { providerProperties } from "../src/properties/provider.ts";
import { actionsSettingsProperties } from "../src/properties/actions-settings.ts";
import { deploymentEnvironmentProperties } from "../src/properties/deployment-environment.ts";
import { registrySecretProperties } from "../src/properties/registry-secret.ts";
import { registryTokenProperties } from "../src/properties/registry-token.ts";
import { registryVariableProperties } from "../src/properties/registry-variable.ts";
import { repositoryPublishingProperties } from "../src/properties/repository-publishing.ts";
import { StoredTexts } from "../src/github/contents/stored-texts.ts";
import { sharedProposalBranch } from "../src/github/pull-requests/proposal.ts";
import { sharedWorkflowProperties } from "../src/properties/shared-workflow.ts";
import { checkConfiguration, parseConfiguration } from "./configuration.ts";
import { currentResource, type EngineLog } from "./protocol/engine-log.ts";
import type { ProviderDefinition } from "./protocol/server.ts";
import { actionsSettings } from "./resources/actions-settings.ts";
import { deploymentEnvironment } from "./resources/deployment-environment.ts";
import { formerTypes } from "./resources/former-types.ts";
import { leavingWithRepositories } from "./resources/gone-repositories.ts";
import { Packages } from "./resources/packages/packages.ts";
import { PackageVerifier } from "./resources/packages/verify-packages.ts";
import { branchAccess } from "./resources/publishing/inputs.ts";
import { repositoryPublishing } from "./resources/publishing/repository-publishing.ts";
import { readingPats } from "./resources/reading-pats.ts";
import { registryToken } from "./resources/registry-token.ts";
import { registryVariable } from "./resources/registry-variable.ts";
import { RepositorySnapshots } from "./resources/repository-snapshots.ts";
import { sharedWorkflow } from "./resources/shared/shared-workflow.ts";
import { registrySecret } from "./resources/secret/registry-secret.ts";
import { UnwrittenCredentials } from "./resources/unwritten-credentials.ts";
import { Vault } from "./resources/vault.ts";

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
    repositoryPublishingProperties,
    sharedWorkflowProperties,
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
      const { owner, repositories, registry } = configuration;
      const host = gitHubHost(configuration.baseUrl);
      const registryUrl = configuration.registryUrl ?? `https://${registry}`;
      const app = loadGitHubApp(configuration.appAuth, environment, { host, owner });
      if (app) vault.keepAll(app.secrets);
      else if (configuration.token) vault.keep(configuration.token);
      const connection = {
        ...configuration,
        token: app ?? configuration.token,
        onWait: (message: string) => log.status(currentResource.getStore() ?? "", message),
        signal: stop.signal,
        paceReads: true,
        writeTurn: createWriteTurns(environment["GHCR_FLEET_WRITE_BUDGET"], stop.signal),
        // GitHub's budgets are for an hour at most, and a large fleet needs several of them.
        longestWaitSeconds: 3600,
      };
      const github = createGitHubClient(connection);
      const fleetSize = Object.keys(repositories).length;
      const snapshots = new RepositorySnapshots(github, owner, repositories);
      const stored = new StoredTexts(environment);
      void stored.cleanUp();
      const packages = new Packages(github, { ...configuration, host }, fleetSize);
      const access = branchAccess(github, snapshots, owner, repositories, {
        registry,
        stored,
        offerAgain: namesIn(environment["GHCR_FLEET_OFFER_AGAIN"]),
        repin: environment["GHCR_FLEET_REPIN"] === "1",
      });
      const { texts } = access;
      const publishing = repositoryPublishing(
        access,
        new PackageVerifier(
          packages,
          { name: registry, url: registryUrl },
          vault,
          Object.keys(repositories),
        ),
      );
      const unwritten = new UnwrittenCredentials();
      const types = [
        registryToken((pat) => createGitHubClient({ ...connection, token: pat }), vault),
        registrySecret(github, snapshots, texts, vault, unwritten),
        registryVariable(github, snapshots, unwritten),
        deploymentEnvironment(github, unwritten),
        actionsSettings(github, snapshots, owner, texts),
        publishing,
        sharedWorkflow({ ...access, proposalBranch: sharedProposalBranch }),
        ...formerTypes(publishing),
      ];
      return types
        .map(leavingWithRepositories(github, snapshots))
        .map(readingPats(configuration, vault, environment, stop.signal));
    },
    cancel: () => stop.abort(),
    redact: (text) => vault.redact(text),
  };
}

/** `api, web`, in lower case: GitHub compares names without case. */
function namesIn(list = ""): ReadonlySet<string> {
  return new Set(list.split(",").map((name) => name.trim().toLowerCase()));
}
