import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { exampleSeed, loadSeed, type Simulator, startSimulator } from "github-simulator";
import { loadRepositories } from "./load-repositories.ts";
import { loadFleetConfig } from "../src/fleet/load-fleet-config.ts";
import { resolveFleet } from "../src/fleet/resolve-fleet.ts";
import { selectRepositories } from "../src/fleet/selection/select-repositories.ts";
import { selectionNeeds } from "../src/fleet/selection/selectors.ts";
import { commitFiles } from "../src/github/contents/commit-files.ts";
import { findRepositories } from "../src/github/repositories/find-repositories.ts";
import { createGitHubClient } from "../src/github/client/github-client.ts";
import { renderRepository } from "../src/publishing/templates/render-repository.ts";

/** The stack's configuration in Pulumi.dev.yaml. */
export async function readDevConfig(): Promise<Record<string, unknown>> {
  const text = await readFile(new URL("../Pulumi.dev.yaml", import.meta.url), "utf8");
  return (parse(text) as { config: Record<string, unknown> }).config;
}

/**
 * Starts the organisation of the demo: the simulator's example, in which one repository has its workflows
 * right already, and repositories that publish in ways of their own.
 */
export async function startOrganisation(port = 0): Promise<Simulator> {
  const example = await loadSeed(exampleSeed);
  const seed = {
    ...example,
    repositories: [...example.repositories, ...(await loadRepositories())],
  };
  const platform = await startSimulator({ seed, ports: { api: port } });
  await makeRight(platform, "already-right");
  await platform.actions.idle();
  return platform;
}

/** The result of its team's work by hand: the same files that the fleet would write. */
async function makeRight(platform: Simulator, name: string): Promise<void> {
  const owner = "acme";
  const github = createGitHubClient({
    baseUrl: platform.url,
    token: platform.world.tokenValue("admin"),
    pace: "burst",
  });
  const config = loadFleetConfig((await readDevConfig())["ghcr-fleet:fleet"]);
  const found = await findRepositories(github, owner, selectionNeeds(config.repositories));
  const fleet = resolveFleet(
    config,
    { host: github.host, owner, ownerKind: "Organization" },
    selectRepositories(config, owner, found),
  );
  const repository = fleet.repositories.find((each) => each.name === name);
  const head = found.find((each) => each.name === name)?.head;
  if (!repository || !head)
    throw new Error(`the organisation of the demo has no repository ${name}`);
  await commitFiles(github, {
    owner,
    repository: name,
    branch: repository.branch,
    expectedHead: head,
    headline: "Publish to GHCR",
    additions: renderRepository(fleet, repository),
    deletions: [],
  });
}
