import { parseSeed, type Simulator, startSimulator } from "github-simulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadFleetConfig } from "../../src/fleet/load-fleet-config.ts";
import { createGitHubClient } from "../../src/github/client/github-client.ts";
import { findFleet } from "../../src/stack/find-fleet.ts";
import { readSharedCredential } from "../../src/stack/shared-credential.ts";

const place = { scope: "organisation", organisation: "acme" } as const;
const variable = "GHCR_USERNAME";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "mona", role: "admin" }],
      tokens: [{ name: "admin", owner: "mona", scopes: ["repo", "admin:org"] }],
      repositories: ["api", "billing", "others"].map((name) => ({
        name,
        files: { "README.md": name },
      })),
    }),
  });
});
afterAll(() => simulator.close());

const idOf = (name: string) => simulator.world.repository(`acme/${name}`).id;

function setSecret(...names: string[]) {
  const selected = new Set(names.map(idOf));
  const audience = { visibility: "selected", selected } as const;
  simulator.byHand("mona").setSecret(place, "GHCR_PAT", "some PAT", audience);
}

async function read(config: object, isPreview = false) {
  const { url, world } = simulator;
  const github = createGitHubClient({ baseUrl: url, token: world.tokenValue("admin") });
  const fleet = await findFleet(github, "acme", loadFleetConfig(config));
  const later = isPreview ? undefined : new Set<string>();
  const { reached, variableExists } = await readSharedCredential(github, fleet, {
    variable,
    later,
  });
  const names = ["api", "billing", "others"].filter((name) => reached.has(idOf(name)));
  return { names, variableExists };
}

const allOwn = {
  secret: { scope: "repository" },
  repositories: [{ name: "api" }, { name: "billing" }],
};
const oneOwn = {
  repositories: [{ name: "api", secret: { scope: "repository" } }, { name: "billing" }],
};

test("of a secret of the same name that is not the fleet's, nothing is kept", async () => {
  setSecret("api", "billing");
  expect(await read(allOwn)).toEqual({ names: [], variableExists: false });
  const { url, world } = simulator;
  const github = createGitHubClient({ baseUrl: url, token: world.tokenValue("admin") });
  await github.request("POST /orgs/{org}/actions/variables", {
    org: "acme",
    name: variable,
    value: "acme-publisher",
    visibility: "all",
  });
  setSecret("api", "billing", "others");
  expect(await read(allOwn)).toEqual({ names: [], variableExists: false });
});

test("the fleet's own stays in reach of those that move, and a preview shows the end", async () => {
  setSecret("api", "billing");
  const both = { names: ["api", "billing"], variableExists: true };
  expect(await read(allOwn)).toEqual(both);
  expect(await read(allOwn, true)).toEqual({ names: [], variableExists: false });
  setSecret("api", "billing", "others");
  expect(await read(oneOwn)).toEqual({ names: ["api", "billing", "others"], variableExists: true });
});
