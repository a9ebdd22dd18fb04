import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runCommand } from "./run-command.ts";
import { conclusions } from "./runs.ts";
import { startCommand } from "./start-command.ts";
import { startFleet, type TestFleet } from "./start-fleet.ts";

const names = ["api", "billing", "mailer", "search", "web"];

let fleet: TestFleet;
beforeEach(async () => {
  const waves = [
    { name: "canary", repositories: ["api"] },
    { name: "early", repositories: ["billing", "mailer"] },
  ];
  const settings = { username: "acme-publisher", repositories: [{ match: "*" }], waves };
  fleet = await startFleet(settings, {}, "publisher", { linked: true, actions: true });
});
afterEach(() => fleet.close());

const commits = () =>
  fleet.platform.requests.filter(({ operation }) => operation === "mutation").length;
const journal = async () =>
  JSON.parse(await readFile(join(fleet.stack.folder, ".ghcr-fleet/rollout-test.json"), "utf8"));

/** The second commit of the second wave takes so long that it is answered after the end. */
function hangInSecondWave(): void {
  const match = { path: "/graphql", body: "createCommitOnBranch", skip: 2, times: 1 };
  fleet.platform.faults.inject(match, { kind: "delay", milliseconds: 30_000 });
}

test("killed in the middle of the second wave: recover, then resume", async () => {
  hangInSecondWave();
  const started = startCommand(fleet, ["rollout", "test"]);
  await vi.waitUntil(() => commits() >= 2, { timeout: 90_000 });
  await started.killAll();
  expect(await journal()).toMatchObject({
    wave: "early",
    unproved: { billing: { credential: false }, mailer: { credential: false } },
  });

  const recovered = await runCommand(fleet, ["recover", "test"]);
  expect(recovered.stdout + recovered.stderr).toContain("test: took off the lock of ");
  expect(recovered.stdout).toMatch(/creating WorkflowFiles (billing|mailer)/);
  expect(recovered.stdout).toContain("Go on: ghcr-fleet rollout test --resume");
  expect(recovered.exitCode).toBe(0);

  const resumed = await runCommand(fleet, ["rollout", "test", "--resume"]);
  expect(resumed.exitCode, resumed.stdout + resumed.stderr).toBe(0);
  await fleet.platform.actions.idle();
  expect(conclusions(fleet.platform.actions.runs()).sort()).toEqual(
    names.map((name) => `${name} ci push success`),
  );
  const { stdout } = await fleet.stack.must(["stack", "export"]);
  expect(JSON.parse(stdout).deployment.pending_operations ?? []).toEqual([]);
});

test("Ctrl-C ends the running write and stops; resume goes on", async () => {
  const match = { path: "/graphql", body: "createCommitOnBranch", skip: 1, times: 1 };
  fleet.platform.faults.inject(match, { kind: "delay", milliseconds: 3_000 });
  const started = startCommand(fleet, ["rollout", "test"]);
  await vi.waitUntil(() => started.output().includes("billing  applying"), { timeout: 90_000 });
  started.child.kill("SIGINT");
  expect(await started.ended, started.output()).toBe(1);
  expect(started.output()).toContain("test: stopped in wave early, as asked");
  expect(Object.keys((await journal()).unproved).sort()).toEqual(["billing", "mailer"]);

  // Nothing is locked and nothing pending: there is nothing to recover.
  const resumed = await runCommand(fleet, ["rollout", "test", "--resume"]);
  expect(resumed.exitCode, resumed.stdout + resumed.stderr).toBe(0);
  await fleet.platform.actions.idle();
  expect(conclusions(fleet.platform.actions.runs()).sort()).toEqual(
    names.map((name) => `${name} ci push success`),
  );
});
