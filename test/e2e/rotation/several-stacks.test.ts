import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { PulumiStack } from "../../../tools/pulumi-stack.ts";
import type { RolloutEvent } from "../../../src/operations/waves/rollout-event.ts";
import { runCommand } from "../support/run-command.ts";
import { startCommand } from "../support/start-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";

let fleet: TestFleet;
let second: PulumiStack;
beforeAll(async () => {
  const options = { linked: true, actions: true };
  fleet = await startFleet(settings("api"), {}, "publisher", options);
  const { platform, stack } = fleet;
  second = await fleet.addStack("second", settings("web"));
  for (const each of [stack, second]) await each.must(["up", "--yes", "--skip-preview"]);
  await platform.actions.idle();
  fleet.takeWrites();
}, 400_000);
afterAll(() => fleet.close());

/** One repository, with its own secret. */
function settings(name: string) {
  return {
    username: "acme-publisher",
    secret: { scope: "repository" },
    repositories: [{ name }],
    waves: [{ name: "canary", repositories: [name] }],
  };
}

test("a PAT that two stacks share is revoked when neither uses it; the start and end of each wave are reported once", async () => {
  const { platform } = fleet;
  const [old = "", next = ""] = ["publisher", "next-publisher"].map((name) =>
    platform.world.tokenValue(name),
  );
  const started = startCommand(
    fleet,
    [
      ...["rotate", "--yes", "test", "second", "--from-command", "printenv NEW_PAT"],
      ...["--revoke", "--no-health-gate", "--json"],
    ],
    { NEW_PAT: next },
  );
  expect(await started.ended, started.output()).toBe(0);

  const writes = fleet.takeWrites();
  const secrets = ["api", "web"];
  expect(writes).toEqual([
    ...secrets.map((name) => `PUT /repos/acme/${name}/actions/secrets/GHCR_PAT`),
    "POST /credentials/revoke",
  ]);
  for (const name of secrets) {
    const place = { scope: "repository", repository: `acme/${name}` } as const;
    expect(platform.world.secretValue(place, "GHCR_PAT")).toBe(next);
  }
  expect(started.output()).not.toContain(old);
  for (const stack of [fleet.stack, second]) {
    expect((await stack.run(["config", "get", "ghcr-fleet:previousPat"])).exitCode).not.toBe(0);
  }

  const events = started
    .output()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RolloutEvent);
  for (const name of ["test", "second"]) {
    const waves = events.flatMap((event) =>
      event.stack === name && (event.type === "wave-started" || event.type === "wave-ended")
        ? [`${event.type} ${event.wave}`]
        : [],
    );
    expect(waves).toEqual(
      ["trial", "canary", "end of trial"].flatMap((wave) => [
        `wave-started ${wave}`,
        `wave-ended ${wave}`,
      ]),
    );
    expect(events.findLast(({ stack }) => stack === name)).toMatchObject({
      type: "ended",
      of: "rotation",
      outcome: "done",
    });
  }
}, 400_000);

test("while one command has locked a stack, another one does not start; a killed one releases it", async () => {
  const [begun, go] = ["begun", "go"].map((name) => join(fleet.stack.folder, name));
  const slow = `touch ${begun}; while [ ! -e ${go} ]; do sleep 0.1; done`;
  const first = startCommand(fleet, ["rotate", "--yes", "second", "--from-command", slow]);
  await vi.waitUntil(() => existsSync(begun ?? ""), { timeout: 300_000 });
  const { exitCode, stderr } = await runCommand(fleet, ["rollout", "--yes", "test", "second"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("another rollout or rotation of second is running, with process");
  await first.killAll();
  const { stdout } = await runCommand(fleet, ["rollout", "--yes", "second"]);
  expect(stdout).toContain("second: nothing to do");
  expect(fleet.takeWrites()).toEqual([]);
}, 400_000);
