import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { configuredPats } from "../support/configured-pats.ts";
import { runCommand } from "../support/run-command.ts";
import { logsOf } from "../support/runs.ts";
import { startCommand, type StartedCommand } from "../support/start-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";
import { type GitHub, gitHubAs } from "../../support/github-as.ts";

/** A workflow that runs until a file exists, then publishes; a second run of it is queued. */
const slow = (gate: string) => `name: slow
on: workflow_dispatch
concurrency: slow
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          while [ ! -e ${gate} ]; do sleep 0.2; done
          printf %s "$PAT" | sha256sum
        env:
          PAT: \${{ secrets.GHCR_PAT }}
      - uses: docker/login-action@v3
        with:
          registry: ghcr.io
          username: acme-publisher
          password: \${{ secrets.GHCR_PAT }}
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: ghcr.io/acme/billing:slow
`;

describe("a rotation with the organisation's secret", () => {
  let fleet: TestFleet;
  let github: GitHub;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-gate-"));
    const files = { ".github/workflows/slow.yml": slow(join(folder, "open")) };
    const repositories = ["api", "billing", "web"].map((name) => ({
      name,
      dockerfile: "Dockerfile",
      ...(name === "billing" && { files }),
    }));
    const options = { linked: true, actions: true };
    fleet = await startFleet(settings("api", "billing"), { repositories }, "publisher", options);
    github = gitHubAs(fleet.platform, "admin");
  });
  afterAll(async () => {
    await writeFile(join(folder, "open"), "");
    await fleet.close();
    await rm(folder, { recursive: true, force: true });
  });

  const settings = (...names: string[]) => ({
    username: "acme-publisher",
    repositories: names.map((name) => ({ name })),
    waves: [{ name: "canary", repositories: ["api"] }],
  });
  const value = (name: string) => fleet.platform.world.tokenValue(name);
  const secretOf = (repository?: string) =>
    fleet.platform.world.secretValue(
      repository === undefined
        ? { scope: "organisation", organisation: "acme" }
        : { scope: "repository", repository: `acme/${repository}` },
      "GHCR_PAT",
    );
  const rotate = (pat: string, ...args: string[]) =>
    runCommand(fleet, ["rotate", "--yes", "test", "--from-command", "printenv NEW_PAT", ...args], {
      NEW_PAT: value(pat),
    });

  test("a stack that was never applied has no canary for a PAT", async () => {
    const { exitCode, stderr } = await rotate("next-publisher");
    expect(stderr).toContain("api would try the new PAT, but is not applied yet");
    expect(exitCode).toBe(1);
    expect(fleet.takeWrites()).toEqual([]);
    expect((await configuredPats(fleet)).nextPat).toBeUndefined();
  });

  test("a PAT as an argument is refused without repeating it", async () => {
    const { exitCode, stdout, stderr } = await runCommand(fleet, [
      "rotate",
      "--yes",
      value("next-publisher"),
    ]);
    expect(stderr).toContain("a token was given as an argument");
    expect(stdout + stderr).not.toContain(value("next-publisher"));
    expect(exitCode).toBe(2);
  });

  test("a canary that does not publish gets the old PAT back, and nobody else sees the new one", async () => {
    await fleet.stack.must(["up", "--yes", "--skip-preview"]);
    await fleet.platform.actions.idle();
    // It stores the resources in another order, by their dependencies.
    await fleet.stack.must(["up", "--yes", "--skip-preview", "--refresh"]);
    const developer = fleet.platform.byHand("acme-admin");
    developer.editFiles("acme/api", { Dockerfile: "FROM\n" }, { message: "Break it" });
    await fleet.platform.actions.idle();
    const { exitCode, stdout, stderr } = await rotate("next-publisher");
    expect(exitCode, stdout + stderr).toBe(3);
    expect(stdout).toContain("the trial failed: its repositories get the old PAT back");
    expect(secretOf()).toBe(value("publisher"));
    expect(secretOf("api")).toBeUndefined();
    expect(await configuredPats(fleet)).toEqual({ pat: "publisher" });

    developer.editFiles("acme/api", { Dockerfile: "FROM scratch\n" }, { message: "Fix it" });
    await fleet.platform.actions.idle();
  });

  test("a PAT that is too wide is refused before anything is written", async () => {
    fleet.takeWrites();
    const { exitCode, stdout, stderr } = await rotate("too-wide");
    expect(stderr).toContain("the token is too wide");
    expect(stdout + stderr).not.toContain(value("too-wide"));
    expect(exitCode).toBe(2);
    expect(fleet.takeWrites()).toEqual([]);
    expect((await configuredPats(fleet)).nextPat).toBeUndefined();
  });

  test("killed while the organisation's secret changes, it is resumed; runs that were queued before publish, and then the old PAT is revoked; a repository that is new to the fleet waits for its rollout", async () => {
    await fleet.configure(settings("api", "billing", "web"));
    // From a time when the PATs had places of their own; the old one's is gone.
    const oldPlace = "ghcr-fleet:previousPatFrom";
    await fleet.stack.must(["config", "set", "--path", `${oldPlace}.env`, "GONE_PAT"]);
    const old = createHash("sha256").update(value("publisher")).digest("hex");
    const dispatches = "POST /repos/acme/billing/actions/workflows/slow.yml/dispatches";
    for (let count = 0; count < 2; count += 1) await github(dispatches, { ref: "main" });
    const runs = fleet.platform.actions.runs().slice(-2);
    fleet.takeWrites();

    const fromCommand = ["--from-command", "printenv NEW_PAT"];
    const killed = startCommand(fleet, ["rotate", "--yes", "test", ...fromCommand], {
      NEW_PAT: value("next-publisher"),
    });
    await vi.waitUntil(() => secretOf() === value("next-publisher"), { timeout: 200_000 });
    await killed.killAll();
    expect(secretOf("api")).toBe(value("next-publisher"));
    const recovered = await runCommand(fleet, ["recover", "test"]);
    expect(recovered.exitCode, recovered.stdout + recovered.stderr).toBe(0);

    const started = startCommand(fleet, ["rotate", "--yes", "test", "--resume", "--revoke"]);
    await waitFor(started, "waiting for 2 runs that started with the old PAT");
    expect(secretOf()).toBe(value("next-publisher"));
    expect(secretOf("api")).toBeUndefined();
    expect(runs.map(({ conclusion }) => conclusion)).toEqual([undefined, undefined]);
    await writeFile(join(folder, "open"), "");
    expect(await started.ended, started.output()).toBe(0);

    expect(runs.map(({ conclusion }) => conclusion)).toEqual(["success", "success"]);
    expect(logsOf(runs).split(old)).toHaveLength(3);
    expect(started.output()).toContain("the old PAT is revoked");
    expect(started.output()).not.toContain(value("next-publisher"));
    const writes = fleet.takeWrites().filter((write) => !write.includes("/rerun"));
    // The new repository may read it at once, in the same update as the secret.
    const variable = "PATCH /orgs/acme/actions/variables/GHCR_USERNAME";
    expect(writes.filter((write) => write === variable)).toHaveLength(1);
    expect([...new Set(writes)].filter((write) => write !== variable)).toEqual([
      "PUT /repos/acme/api/actions/secrets/GHCR_PAT",
      "PUT /orgs/acme/actions/secrets/GHCR_PAT",
      "DELETE /repos/acme/api/actions/secrets/GHCR_PAT",
      "POST /credentials/revoke",
    ]);
    expect(await configuredPats(fleet)).toEqual({ pat: "next-publisher" });
    // The secret is available to the new repository already, as the fleet wants it.
    const drift = await runCommand(fleet, ["drift", "test"]);
    expect(drift.exitCode, drift.stdout).toBe(0);
    expect(drift.stdout).toContain("not in the stack yet: web");
  }, 400_000);

  test("a killed trial whose PAT a person takes back before its recovery leaves no unnoticed secret", async () => {
    const { platform } = fleet;
    // The runs of the slow workflow pushed it without a label.
    platform.registry.byHand.linkRepository("acme", "billing", "billing");
    const args = ["rotate", "--yes", "test", "--from-command", "printenv NEW_PAT"];
    const rotating = startCommand(fleet, args, { NEW_PAT: value("third-publisher") });
    platform.faults.inject(
      { method: "PUT", path: /^\/repos\/acme\/api\/actions\/secrets\// },
      { kind: "call", when: "after", run: () => rotating.killAll() },
    );
    await rotating.ended;
    const aborted = await runCommand(fleet, ["rotate", "--yes", "test", "--abort"]);
    expect(aborted.stdout + aborted.stderr).toContain("ghcr-fleet recover test");
    expect(aborted.exitCode).not.toBe(0);
    await fleet.stack.must(["config", "rm", "ghcr-fleet:nextPat"]);
    const { exitCode, stdout, stderr } = await runCommand(fleet, ["recover", "test"]);
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout).toContain("acme/api still has a secret GHCR_PAT of its own");
    expect(secretOf("api")).toBe(value("third-publisher"));

    // Set right, though a repository is not applied yet, of which the engine shows the rules nothing.
    const organisation = { scope: "organisation", organisation: "acme" } as const;
    platform.byHand("acme-admin").setSecret(organisation, "GHCR_PAT", "by hand");
    const fixed = await runCommand(fleet, ["drift", "test", "--fix", "--delete-shadows"]);
    expect(fixed.exitCode, fixed.stdout + fixed.stderr).toBe(0);
    expect(secretOf("api")).toBeUndefined();
    expect(secretOf()).toBe(value("next-publisher"));
  });
});

function waitFor(started: StartedCommand, text: string): Promise<unknown> {
  return vi.waitUntil(() => started.output().includes(text) || started.child.exitCode !== null, {
    timeout: 200_000,
    interval: 100,
  });
}
