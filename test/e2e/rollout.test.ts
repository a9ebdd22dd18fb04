import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RolloutEvent } from "../../src/rollout/rollout-event.ts";
import { runCommand } from "./run-command.ts";
import { conclusions, watchRuns } from "./runs.ts";
import { startFleet, type TestFleet } from "./start-fleet.ts";

const waves = [
  { name: "canary", repositories: ["api"] },
  { name: "early", share: "40%" },
];

/** The fleet, with a canary whose Dockerfile is somewhere else. */
const settings = (dockerfile: string) => ({
  username: "acme-publisher",
  repositories: [{ match: "*" }, { name: "api", dockerfile }],
  waves,
});

describe("a rollout in three waves, with a canary that does not publish", () => {
  let fleet: TestFleet;
  beforeAll(async () => {
    fleet = await startFleet(settings("nowhere/Dockerfile"), {}, "publisher", {
      linked: true,
      actions: true,
    });
  });
  afterAll(() => fleet.close());

  const head = (repository: string) =>
    fleet.platform.world.repository(`acme/${repository}`).refs.get("refs/heads/main");
  const journal = () => join(fleet.stack.folder, ".ghcr-fleet", "rollout-test.json");

  test("the plan tells waves and budget, and writes nothing", async () => {
    const { exitCode, stdout } = await runCommand(fleet, ["rollout", "test", "--plan", "--json"]);
    const events = parseEvents(stdout);
    const planned = events.find(({ type }) => type === "planned");
    expect(planned).toMatchObject({
      version: 1,
      stack: "test",
      waves: [
        { name: "canary", repositories: 1, changing: ["api"] },
        { name: "early", repositories: 2, changing: ["billing", "mailer"] },
        { name: "rest", repositories: 2, changing: ["search", "web"] },
      ],
      budget: { writes: 12, contentWrites: 5 },
    });
    expect(events.at(-1)).toMatchObject({ type: "ended", outcome: "planned" });
    expect(exitCode).toBe(0);
    expect(fleet.takeWrites()).toEqual([]);
  });

  test("stops at the canary, says where and why, and changes nothing else", async () => {
    const before = ["billing", "mailer", "search", "web"].map(head);
    const { exitCode, stdout, stderr } = await runCommand(fleet, ["rollout", "test"]);
    expect(exitCode, stdout + stderr).toBe(3);
    expect(["billing", "mailer", "search", "web"].map(head)).toEqual(before);
    expect(fleet.takeWrites().filter((write) => /billing|mailer|search|web/.test(write))).toEqual(
      [],
    );
    const [, summary = ""] = stdout.split("wave canary: 1 failed\n");
    expect(summary.replaceAll(/http\S+\/actions/g, "<url>/actions")).toMatchInlineSnapshot(`
      "test: stopped by the health gate in wave canary: later waves are as they were
        api  failed  its run ended with failure, job "Build the image, publish it on push", step "Build, and push on push"  <url>/actions/runs/7000000002/job/7000000004
        Mend the cause, then go on: ghcr-fleet rollout test --resume
      "
    `);
    expect(existsSync(journal())).toBe(true);
  });

  test("asks what is to become of the rollout that stopped", async () => {
    const { exitCode, stderr } = await runCommand(fleet, ["rollout", "test"]);
    expect(stderr).toContain(
      'stopped in the wave "canary". api changed and did not publish since.',
    );
    expect(stderr).toContain("--resume");
    expect(exitCode).toBe(2);
  });

  test("resumes once the cause is mended, and goes through all waves", async () => {
    await fleet.configure(settings("Dockerfile"));
    const newRuns = watchRuns(fleet);
    await newRuns();
    const { exitCode, stdout, stderr } = await runCommand(fleet, ["rollout", "test", "--resume"]);
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout).toContain("rolled out");
    expect(conclusions(await newRuns()).sort()).toEqual(
      ["api", "billing", "mailer", "search", "web"].map((name) => `${name} ci push success`),
    );
    expect(existsSync(journal())).toBe(false);
  });

  test("a second start finds nothing to do", async () => {
    const writes = fleet.takeWrites().length;
    const { exitCode, stdout } = await runCommand(fleet, ["rollout", "test"]);
    expect(stdout).toBe("test: nothing to do, everything is as declared\n");
    expect(exitCode).toBe(0);
    expect(writes).toBeGreaterThan(0);
    expect(fleet.takeWrites()).toEqual([]);
  });

  test("what breaks a mandatory rule is refused before anything is written", async () => {
    await fleet.configure({
      ...settings("Dockerfile"),
      defaults: { actions: { tokenPermissions: "write" } },
    });
    const { exitCode, stdout } = await runCommand(fleet, ["rollout", "test"]);
    expect(stdout).toContain("test: refused, nothing was written");
    expect(stdout).toContain("actions-token-read");
    expect(exitCode).toBe(3);
    expect(fleet.takeWrites()).toEqual([]);
  });
});

function parseEvents(stdout: string): (RolloutEvent & { version: number })[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
