import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runCommand } from "../support/run-command.ts";
import { startCommand, startEngine } from "../support/start-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet(settings("api", "billing"), {}, "publisher", { linked: true });
  await fleet.addStack("second", settings("search", "web"));
});
afterAll(() => fleet.close());

/** Repositories with their own secrets, in one wave. */
function settings(...names: string[]) {
  return {
    username: "acme-publisher",
    secret: { scope: "repository" },
    repositories: names.map((name) => ({ name })),
    waves: [{ name: "all", share: "100%" }],
  };
}

const secretOf = (repository: string) =>
  fleet.platform.world.secretValue(
    { scope: "repository", repository: `acme/${repository}` },
    "GHCR_PAT",
  );

test("two stacks are rolled out in parallel, and share one budget for writes", async () => {
  await fleet.stack.run(["stack", "select"]);
  const args = ["rollout", "--yes", "test", "second", "--no-health-gate"];
  const { exitCode, stdout, stderr } = await runCommand(fleet, args);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout).toContain("test: rolled out");
  expect(stdout).toContain("second: rolled out");
  // Writes of @pulumi/github keep that provider's pace.
  const own = fleet.takeWrites().filter((write) => !write.includes("/actions/permissions"));
  expect(own.filter((write) => write.includes("/secrets/GHCR_PAT"))).toHaveLength(4);
  expect(own.filter((write) => write === "POST /graphql")).toHaveLength(4);
  expect(stdout).toContain(`${own.length} writes of 2 stacks shared one pace`);

  // A person's selection is kept.
  const selected = startEngine(fleet, ["stack", "--show-name"]);
  await selected.ended;
  expect(selected.output().trim()).toBe("test");
});

test("a PAT that is revoked between two waves does not reach the next one", async () => {
  const { platform, stack } = fleet;
  const [old, next] = ["publisher", "next-publisher"].map((name) =>
    platform.world.tokenValue(name),
  );
  const waves = [{ name: "first", repositories: ["api"] }];
  await fleet.configure({ ...settings("api", "billing"), waves });
  await stack.setSecret("ghcr-fleet:pat", next ?? "");
  const started = startCommand(fleet, ["rollout", "--yes", "test", "--no-health-gate"]);
  await vi.waitUntil(() => secretOf("api") === next, { timeout: 100_000 });
  platform.world.revokeToken("next-publisher");
  expect(await started.ended, started.output()).toBe(1);
  expect(started.output()).toContain("test: failed in wave rest");
  expect(started.output()).toContain("GitHub does not accept the publishing PAT");
  expect(secretOf("billing")).toBe(old);
});
