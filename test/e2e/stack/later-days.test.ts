import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { virtualClock } from "github-simulator";
import { policyPack, startFleet, type TestFleet } from "../support/start-fleet.ts";

interface Outputs {
  token: { daysLeft: number };
}

let fleet: TestFleet;
const clock = virtualClock();
beforeAll(async () => {
  fleet = await startFleet({ repositories: [{ name: "api" }] }, {}, "publisher", { clock });
  const { stack } = fleet;
  await stack.must(["config", "rm", "github:token", "--config-file", stack.configFile]);
});
afterAll(() => fleet.close());

/** With an admin token from the environment. */
async function run(verb: "preview" | "up", name: string, flags: readonly string[], env = {}) {
  const admin = { GITHUB_TOKEN: fleet.platform.world.tokenValue(name) };
  const { exitCode, stdout } = await fleet.stack[verb](flags, { env: { ...admin, ...env } });
  expect(exitCode, stdout).toBe(0);
}
const readToken = async () => (await fleet.stack.outputs<Outputs>()).token;

test("a saved plan is valid on the next day", async () => {
  const plan = join(fleet.stack.folder, "plan.json");
  const save = ["--save-plan", plan, ...policyPack];
  await run("preview", "admin", save, { GHCR_FLEET_PLAN: "1" });
  expect(fleet.takeWrites()).toEqual([]);

  clock.advance({ days: 1 });
  await run("up", "admin", ["--skip-preview", "--plan", plan, ...policyPack]);
});

test("the days of the PAT count down, and a refresh uses the current admin token, because the one before is not in the state", async () => {
  const { stack, platform } = fleet;
  const before = await readToken();
  const { stdout: state } = await stack.must(["stack", "export", "--show-secrets"]);
  expect(state).not.toContain(platform.world.tokenValue("admin"));

  platform.world.revokeToken("admin");
  clock.advance({ days: 10 });
  await run("up", "next-admin", ["--refresh", "--skip-preview"]);
  expect((await readToken()).daysLeft).toBe(before.daysLeft - 10);
});
