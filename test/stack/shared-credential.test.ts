import { afterAll, expect, test } from "vitest";
import { loadFleetConfig } from "../../src/fleet/load-fleet-config.ts";
import { startAcme } from "../support/start-acme.ts";
import { findFleet } from "../../src/stack/find-fleet.ts";
import { readSharedCredential } from "../../src/stack/shared-credential.ts";

const place = { scope: "organisation", organisation: "acme" } as const;
const variable = "GHCR_USERNAME";

const { simulator, client, close } = await startAcme({
  repositories: ["api", "billing", "others"].map((name) => ({
    name,
    files: { "README.md": name },
  })),
});
afterAll(close);

const idOf = (name: string) => simulator.world.repository(`acme/${name}`).id;

function setSecret(...names: string[]) {
  const selected = new Set(names.map(idOf));
  const audience = { visibility: "selected", selected } as const;
  simulator.byHand("mona").setSecret(place, "GHCR_PAT", "some PAT", audience);
}

async function read(config: object, isPreview = false) {
  const github = client();
  const fleet = await findFleet(github, "acme", loadFleetConfig(config));
  const later = isPreview ? undefined : new Set<string>();
  const found = await readSharedCredential(github, fleet, { variable, later });
  const namesOf = (ids: ReadonlySet<number>) =>
    ["api", "billing", "others"].filter((name) => ids.has(idOf(name)));
  const { reached, undeployed, variableExists } = found;
  return { names: namesOf(reached), undeployed: namesOf(undeployed), variableExists };
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
  const nothing = { names: [], undeployed: [], variableExists: false };
  expect(await read(allOwn)).toEqual(nothing);
  await client().request("POST /orgs/{org}/actions/variables", {
    org: "acme",
    name: variable,
    value: "acme-publisher",
    visibility: "all",
  });
  setSecret("api", "billing", "others");
  expect(await read(allOwn)).toEqual(nothing);
});

test("the fleet's own stays in reach of those that move, and a preview shows the end", async () => {
  setSecret("api", "billing");
  const both = { names: ["api", "billing"], undeployed: [], variableExists: true };
  expect(await read(allOwn)).toEqual(both);
  expect(await read(allOwn, true)).toEqual({ names: [], undeployed: [], variableExists: false });
  setSecret("api", "billing", "others");
  const all = ["api", "billing", "others"];
  expect(await read(oneOwn)).toEqual({ names: all, undeployed: [], variableExists: true });
});

test("one that moves to an environment keeps it until its branch deploys there, and a preview says so", async () => {
  setSecret("api", "billing");
  const { repositories } = allOwn;
  const moving = { secret: { scope: "environment" }, repositories };
  const both = ["api", "billing"];
  expect(await read(moving)).toEqual({ names: both, undeployed: both, variableExists: true });
  const release = `on: release
jobs:
  image:
    runs-on: ubuntu-latest
    environment: release
    steps: [{ run: "./push", env: { PAT: "\${{ secrets.GHCR_PAT }}" } }]
`;
  const files = { ".github/workflows/release.yml": release };
  simulator.byHand("mona").editFiles("acme/api", files, { message: "Deploy" });
  const left = { names: both, undeployed: ["billing"], variableExists: true };
  expect(await read(moving)).toEqual(left);
  expect(await read(moving, true)).toEqual(left);
  // Nothing is read for those that the secret does not reach.
  setSecret("api");
  expect((await read({ ...moving, repositories: [{ name: "billing" }] })).undeployed).toEqual([]);
});
