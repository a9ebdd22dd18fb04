import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../support/run-command.ts";
import { startCommand } from "../support/start-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";

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
const command = [
  "rotate",
  "--yes",
  "test",
  "--no-health-gate",
  "--from-command",
  "printenv NEW_PAT",
];
const rotate = () => runCommand(fleet, command, { NEW_PAT: value("next-publisher") });

test("a stack that was never applied has no canary for a PAT", async () => {
  const { exitCode, stderr } = await rotate();
  expect(stderr).toContain("api would try the new PAT, but is not applied yet");
  expect(exitCode).toBe(1);
  expect(fleet.takeWrites()).toEqual([]);
  const { stdout } = await fleet.stack.run(["config", "get", "ghcr-fleet:nextPat"]);
  expect(stdout.trim()).toBe("");
});

test("a repository that is new to the fleet waits for its rollout, and does not block a rotation", async () => {
  await fleet.stack.must(["up", "--yes", "--skip-preview"]);
  await fleet.configure(settings("api", "web"));
  fleet.takeWrites();
  const { exitCode, stdout, stderr } = await rotate();
  expect(exitCode, stdout + stderr).toBe(0);
  expect(fleet.takeWrites().filter((write) => write.includes("/web"))).toEqual([]);
  const { world } = fleet.platform;
  const place = { scope: "organisation", organisation: "acme" } as const;
  expect(world.secretValue(place, "GHCR_PAT")).toBe(value("next-publisher"));

  // The secret is available to it already, as the fleet wants it.
  const drift = await runCommand(fleet, ["drift", "test"]);
  expect(drift.exitCode, drift.stdout).toBe(0);
  expect(drift.stdout).toContain("not in the stack yet: web");
});

test("a killed trial that is reverted before its recovery leaves no unnoticed secret", async () => {
  const { platform } = fleet;
  const rotating = startCommand(fleet, command, { NEW_PAT: value("publisher") });
  platform.faults.inject(
    { method: "PUT", path: /^\/repos\/acme\/api\/actions\/secrets\// },
    { kind: "call", when: "after", run: () => rotating.killAll() },
  );
  await rotating.ended;
  const aborted = await runCommand(fleet, ["rotate", "--yes", "test", "--abort"]);
  expect(aborted.stdout).toContain("run `ghcr-fleet recover` first");
  const { exitCode, stdout, stderr } = await runCommand(fleet, ["recover", "test"]);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout).toContain("acme/api still has a secret GHCR_PAT of its own");

  const place = { scope: "repository", repository: "acme/api" } as const;
  expect(platform.world.secretValue(place, "GHCR_PAT")).toBe(value("publisher"));
  // Set right, though a repository is not applied yet, of which the engine shows the rules nothing.
  const organisation = { scope: "organisation", organisation: "acme" } as const;
  platform.byHand("acme-admin").setSecret(organisation, "GHCR_PAT", "by hand");
  const fixed = await runCommand(fleet, ["drift", "test", "--fix", "--delete-shadows"]);
  expect(fixed.exitCode, fixed.stdout + fixed.stderr).toBe(0);
  expect(platform.world.secretValue(place, "GHCR_PAT")).toBeUndefined();
  expect(platform.world.secretValue(organisation, "GHCR_PAT")).toBe(value("next-publisher"));
});
