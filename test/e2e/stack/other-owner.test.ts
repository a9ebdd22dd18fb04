import { afterAll, beforeAll, expect, test } from "vitest";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";
import { gitHubAs } from "../../support/github-as.ts";

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({
    defaults: { actions: { requirePinnedActions: true } },
    repositories: [{ name: "api" }],
  });
  const up = await fleet.stack.up(["--skip-preview"]);
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);

  const { world } = fleet.platform;
  const acme = world.findOrganisation("acme")!;
  const fresh = { secrets: { ...acme.secrets, secrets: new Map() }, variables: new Map() };
  world.state.organisations.set("globex", { ...acme, id: 99, login: "globex", ...fresh });
  const github = gitHubAs(fleet.platform, "admin");
  await github("POST /orgs/globex/repos", { name: "api", auto_init: true });
  const owner = ["config", "set", "github:owner", "globex"];
  await fleet.stack.must([...owner, "--config-file", fleet.stack.configFile]);
  fleet.takeWrites();
});
afterAll(() => fleet.close());

test("a stack does not move to another organisation by mistake", async () => {
  const { exitCode, stdout } = await fleet.stack.up(["--skip-preview"]);
  expect(exitCode).not.toBe(0);
  expect(stdout).toContain(
    "this stack manages acme, and github:owner now names globex: set it back.",
  );
  expect(fleet.takeWrites()).toEqual([]);
});

test("it moves there, with everything that it manages, if this is confirmed by name", async () => {
  const env = { GHCR_FLEET_ALLOW_OWNER: "globex" };
  const move = ["--skip-preview", "--refresh", "--run-program"];
  const moved = await fleet.stack.up(move, { env });
  expect(moved.exitCode, moved.stdout + moved.stderr).toBe(0);

  const { world } = fleet.platform;
  const secretOf = (organisation: string) =>
    world.secretValue({ scope: "organisation", organisation }, "GHCR_PAT");
  expect(secretOf("globex")).toBe(world.tokenValue("publisher"));
  expect(secretOf("acme")).toBeUndefined();
  const api = world.repository("globex/api");
  expect(api.actions.shaPinningRequired).toBe(true);
  const release = world.readFile(api, "main", ".github/workflows/release.yml");
  expect(release?.toString("utf8")).toContain("ghcr.io/globex/api");
  const variables = world.findOrganisation("globex")!.variables;
  expect([...variables.keys()]).toEqual(["GHCR_USERNAME"]);

  fleet.takeWrites();
  const again = await fleet.stack.up(["--skip-preview", "--refresh"]);
  expect(again.exitCode, again.stdout + again.stderr).toBe(0);
  expect(fleet.takeWrites()).toEqual([]);
});
