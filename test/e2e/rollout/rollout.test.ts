import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { RolloutEvent } from "../../../src/operations/waves/rollout-event.ts";
import { runCommand, type CommandResult } from "../support/run-command.ts";
import { conclusions, watchRuns } from "../support/runs.ts";
import { startCommand } from "../support/start-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";
import { assertDocument } from "../../support/assert-document.ts";

const names = ["api", "billing", "mailer", "search", "web"];
const waves = [
  { name: "canary", repositories: ["api"] },
  { name: "early", repositories: ["billing", "mailer"] },
];

/** The fleet, with a canary whose configured Dockerfile cannot be built, or can. */
const settings = (dockerfile: string) => ({
  username: "acme-publisher",
  repositories: [{ match: "*" }, { name: "api", dockerfile }],
  waves,
});

/** Each test continues where the previous one left the fleet. */
describe("a rollout in three waves", () => {
  let fleet: TestFleet;
  beforeAll(async () => {
    const options = { linked: true, actions: true };
    fleet = await startFleet(settings("broken/Dockerfile"), {}, "publisher", options);
    fleet.platform.byHand("acme-admin").editFiles("acme/api", { "broken/Dockerfile": "FROM\n" });
  });
  afterAll(() => fleet.close());

  const journalFile = () => join(fleet.stack.folder, ".ghcr-fleet", "rollout-test.json");
  const journal = async () => JSON.parse(await readFile(journalFile(), "utf8"));
  const rollout = (...args: string[]) => runCommand(fleet, ["rollout", "--yes", "test", ...args]);
  const commits = () =>
    fleet.platform.requests.filter(({ operation }) => operation === "mutation").length;
  /** From now on, one commit, after `skip` others, takes this long. */
  const hang = (skip: number, milliseconds: number) =>
    fleet.platform.faults.inject(
      { path: "/graphql", body: "createCommitOnBranch", skip, times: 1 },
      { kind: "delay", milliseconds },
    );

  test("without a terminal it refuses to write before it reads, unless --yes says so", async () => {
    for (const verb of ["rollout", "rotate"]) {
      const { exitCode, stdout, stderr } = await runCommand(fleet, [verb, "test"]);
      expect(stderr).toContain("there is no terminal to ask on: add --yes");
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    }
    expect(fleet.takeWrites()).toEqual([]);
  });

  test("stops at a canary that does not publish, and changes nothing else", async () => {
    const { exitCode, stdout, stderr } = await rollout("--json");
    expect(exitCode, stdout + stderr).toBe(3);
    for (const line of stdout.trim().split("\n")) await assertDocument("event", line);
    const events = parseEvents(stdout);
    expect(events.find(({ type }) => type === "previewed")).toMatchObject({
      preview: {
        outcome: "ready",
        changes: [
          { resources: expect.any(Array) },
          ...names.map((repository) => ({
            repository,
            resources: [{ operation: "create", what: "workflow files" }],
          })),
        ],
      },
    });
    expect(events.find(({ type }) => type === "planned")).toMatchObject({
      version: 1,
      stack: "test",
      waves: [
        { name: "canary", repositories: 1, changing: ["api"] },
        { name: "early", repositories: 2, changing: ["billing", "mailer"] },
        { name: "rest", repositories: 2, changing: ["search", "web"] },
      ],
      leaving: [],
    });
    // There is one cost, that of the waves.
    expect(events.filter(({ type }) => type === "previewed")).not.toContainEqual(
      expect.objectContaining({ preview: expect.objectContaining({ budget: expect.anything() }) }),
    );
    expect(events.at(-1)).toMatchObject({
      type: "ended",
      outcome: "unhealthy",
      wave: "canary",
      repositories: {
        api: {
          state: "failed",
          detail:
            'its run ended with failure, job "Build the image, publish it on push", step "Build, and push on push"',
          url: expect.stringMatching(/\/acme\/api\/actions\/runs\/\d+\/job\/\d+$/),
        },
      },
    });
    const others = fleet.takeWrites().filter((write) => /billing|mailer|search|web/.test(write));
    expect(others).toEqual([]);
    expect(commits()).toBe(1);
  });

  test("asks what to do with the stopped rollout", async () => {
    const { exitCode, stderr } = await rollout();
    expect(stderr).toContain(
      'stopped in the wave "canary". api: changed, or about to be, and not published since.',
    );
    expect(stderr).toContain("--resume");
    expect(exitCode).toBe(2);
  });

  test("resumed and killed in the middle of the second wave, it is recovered", async () => {
    await fleet.configure(settings("Dockerfile"));
    hang(2, 30_000);
    const started = startCommand(fleet, ["rollout", "--yes", "test", "--resume"]);
    // The first one, the canary's second, and one of the wave's two.
    await vi.waitUntil(() => commits() === 3, { timeout: 110_000 });
    await started.killAll();
    expect(started.output()).toMatch(/api {2}healthy {2}published api:sha-/);
    expect(await journal()).toMatchObject({
      wave: "early",
      unproved: { billing: { credential: false }, mailer: { credential: false } },
    });

    const recovered = await runCommand(fleet, ["recover", "test"]);
    expect(recovered.stdout + recovered.stderr).toContain("test: removed the lock of ");
    expect(recovered.stdout).toMatch(/creating RepositoryPublishing (billing|mailer)/);
    expect(recovered.stdout).toContain("Continue: ghcr-fleet rollout test --resume");
    expect(recovered.exitCode).toBe(0);
  });

  test("resumed and interrupted, it lets the running write end and stops", async () => {
    hang(1, 4_000);
    const started = startCommand(fleet, ["rollout", "--yes", "test", "--resume", "--json"]);
    await vi.waitUntil(
      () => /"repository":"(?:search|web)","state":"applying"/.test(started.output()),
      { timeout: 110_000 },
    );
    started.child.kill("SIGINT");
    expect(await started.ended, started.output()).toBe(1);
    expect(parseEvents(started.output()).at(-1)).toMatchObject({
      outcome: "stopped",
      wave: "rest",
    });
    expect(Object.keys((await journal()).unproved)).toEqual(["search", "web"]);
  });

  test("resumed again it completes, and every repository has published once", async () => {
    const result = await rollout("--resume");
    expect(result.exitCode, said(result)).toBe(0);
    expect(result.stdout).toContain("test: rolled out");
    expect(existsSync(journalFile())).toBe(false);
    const runs = conclusions(await watchRuns(fleet)());
    expect(runs.sort()).toEqual([
      "api ci push failure",
      ...names.map((name) => `${name} ci push success`),
    ]);
    const { stdout } = await fleet.stack.must(["stack", "export"]);
    expect(JSON.parse(stdout).deployment.pending_operations ?? []).toEqual([]);
  });

  test("a violation of a mandatory rule is refused before anything is written", async () => {
    fleet.takeWrites();
    const defaults = { actions: { tokenPermissions: "write" } };
    await fleet.configure({ ...settings("Dockerfile"), defaults });
    const { exitCode, stdout } = await rollout("--plan");
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
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

function said({ stdout, stderr }: CommandResult): string {
  return stdout + stderr;
}
