import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "./run-command.ts";
import { startFleet, type TestFleet } from "./start-fleet.ts";

const settings = (...names: string[]) => ({
  username: "acme-publisher",
  repositories: names.map((name) => ({ name })),
  waves: [{ name: "canary", repositories: ["api"] }],
});

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet(settings("api"), {}, "publisher", { linked: true });
});
afterAll(() => fleet.close());

const value = (name: string) => fleet.platform.world.tokenValue(name);
const rotate = () =>
  runCommand(fleet, ["rotate", "test", "--no-health-gate", "--from-command", "printenv NEW_PAT"], {
    NEW_PAT: value("next-publisher"),
  });

test("a stack that was never applied has nobody to try a PAT", async () => {
  const { exitCode, stderr } = await rotate();
  expect(stderr).toContain("api is to try the new PAT, and not applied yet");
  expect(exitCode).toBe(1);
  expect(fleet.takeWrites()).toEqual([]);
  const { stdout } = await fleet.stack.run(["config", "get", "ghcr-fleet:nextPat"]);
  expect(stdout.trim()).toBe("");
});

test("a repository that is new to the fleet waits for its rollout, and keeps no rotation", async () => {
  await fleet.stack.must(["up", "--yes", "--skip-preview"]);
  await fleet.configure(settings("api", "web"));
  fleet.takeWrites();
  const { exitCode, stdout, stderr } = await rotate();
  expect(exitCode, stdout + stderr).toBe(0);
  expect(fleet.takeWrites().filter((write) => write.includes("/web"))).toEqual([]);
  const { world } = fleet.platform;
  const place = { scope: "organisation", organisation: "acme" } as const;
  expect(world.secretValue(place, "GHCR_PAT")).toBe(value("next-publisher"));
});
