import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { virtualClock } from "github-simulator";
import { policyPack, startFleet } from "../support/start-fleet.ts";

interface Outputs {
  token: { daysLeft: number };
}

test("a saved plan is valid on the next day, and the days of the PAT count down", async () => {
  const clock = virtualClock();
  const fleet = await startFleet({ repositories: [{ name: "api" }] }, {}, "publisher", { clock });
  onTestFinished(() => fleet.close());
  const { stack } = fleet;
  const plan = join(stack.folder, "plan.json");
  const preview = await stack.preview(["--save-plan", plan, ...policyPack], {
    env: { GHCR_FLEET_PLAN: "1" },
  });
  expect(preview.exitCode, preview.stdout).toBe(0);
  expect(fleet.takeWrites()).toEqual([]);

  clock.advance({ days: 1 });
  const first = await stack.up(["--skip-preview", "--plan", plan, ...policyPack]);
  expect(first.exitCode, first.stdout).toBe(0);
  const { token } = await stack.outputs<Outputs>();

  clock.advance({ days: 10 });
  const second = await stack.up(["--skip-preview"]);
  expect(second.exitCode, second.stdout).toBe(0);
  expect((await stack.outputs<Outputs>()).token.daysLeft).toBe(token.daysLeft - 10);
});

test("an admin token from the environment is not in the state, so a refresh uses the current one", async () => {
  const fleet = await startFleet({ repositories: [{ name: "api" }] });
  onTestFinished(() => fleet.close());
  const { stack, platform } = fleet;
  await stack.must(["config", "rm", "github:token", "--config-file", stack.configFile]);
  const token = (name: string) => platform.world.tokenValue(name);
  const first = await stack.up(["--skip-preview"], { env: { GITHUB_TOKEN: token("admin") } });
  expect(first.exitCode, first.stdout).toBe(0);
  const { stdout: state } = await stack.must(["stack", "export", "--show-secrets"]);
  expect(state).not.toContain(token("admin"));

  platform.world.revokeToken("admin");
  const again = await stack.up(["--refresh", "--skip-preview"], {
    env: { GITHUB_TOKEN: token("next-admin") },
  });
  expect(again.exitCode, again.stdout).toBe(0);
});
