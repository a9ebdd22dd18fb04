import { readFileSync } from "node:fs";
import { createGitHubClient } from "../src/github/client/github-client.ts";
import { createWriteTurns } from "../src/github/client/write-turns.ts";
import { checkConfiguration, parseConfiguration } from "./configuration.ts";
import { currentResource } from "./current-resource.ts";
import { deploymentEnvironment } from "./resources/deployment-environment.ts";
import { connectEngineLog } from "./engine-log.ts";
import { packageAccess } from "./resources/package-access.ts";
import { Packages } from "./resources/packages.ts";
import { registrySecret } from "./resources/registry-secret.ts";
import { registryVariable } from "./resources/registry-variable.ts";
import { registryToken } from "./resources/registry-token.ts";
import { RepositorySnapshots } from "./resources/repository-snapshots.ts";
import { serve } from "./server.ts";
import { Vault } from "./vault.ts";
import { workflowFiles } from "./resources/workflow-files.ts";

const engineAddress = process.argv.find((argument) => /^127\.0\.0\.1:\d+$/.test(argument));
if (!engineAddress) {
  throw new Error(
    "the ghcr provider is started by `pulumi`, with the engine's address as argument",
  );
}
const log = connectEngineLog(engineAddress);
const vault = new Vault();
const stop = new AbortController();

const port = await serve(
  {
    version: "0.1.0",
    schema: readFileSync(new URL("./schema.json", import.meta.url), "utf8"),
    checkConfig: checkConfiguration,
    configure(args) {
      const configuration = parseConfiguration({ token: process.env["GITHUB_TOKEN"], ...args });
      const { owner, token, repositories, registryUrl } = configuration;
      if (token) vault.keep(token);
      const connection = {
        ...configuration,
        onWait: (message: string) => log.status(currentResource.getStore() ?? "", message),
        signal: stop.signal,
        paceReads: true,
        writeTurn: createWriteTurns(process.env["GHCR_FLEET_WRITE_BUDGET"], stop.signal),
      };
      const github = createGitHubClient(connection);
      const fleetSize = Object.keys(repositories).length;
      const snapshots = new RepositorySnapshots(github, owner, repositories);
      const types = [
        registryToken((pat) => createGitHubClient({ ...connection, token: pat }), vault),
        registrySecret(github, snapshots, vault),
        registryVariable(github, snapshots),
        deploymentEnvironment(github),
        workflowFiles(github, snapshots),
        packageAccess(new Packages(github, owner, fleetSize), registryUrl, vault),
      ];
      return new Map(types.map((type) => [type.token, type]));
    },
    cancel: () => stop.abort(),
    redact: (text) => vault.redact(text),
  },
  log,
);
// The plugin protocol: the first line on stdout is the port and nothing else. console.log would
// colour it where FORCE_COLOR is set.
process.stdout.write(`${port}\n`);
