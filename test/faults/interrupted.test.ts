import { execFileSync } from "node:child_process";
import { closeSync, cpSync, openSync, rmSync, writeSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { FaultMatch } from "github-simulator";
import { runCommand } from "../e2e/support/run-command.ts";
import { startEngine, type StartedCommand } from "../e2e/support/start-command.ts";
import { startFleet, type TestFleet } from "../e2e/support/start-fleet.ts";
import {
  assertCommits,
  assertConverges,
  assertImportable,
  assertNewestPat,
  assertNoRepeatedCommit,
  assertNoToken,
  assertTruthfulExit,
} from "./support/properties.ts";
import { saveFleet } from "./support/saved-fleet.ts";

const names = ["api", "billing", "web"];
const settings = { username: "acme-publisher", repositories: [{ match: "*" }] };
let fleet: TestFleet;
const printed: string[] = [];
beforeAll(async () => {
  const repositories = names.map((name) => ({ name, dockerfile: "Dockerfile" }));
  fleet = await startFleet(settings, { repositories }, "publisher", { linked: true });
});
afterAll(() => fleet.close());

/** An update, and what happens while its next commit is on the way, which then takes some seconds. */
async function update(meanwhile: (started: StartedCommand) => Promise<void>) {
  const up = ["up", "--yes", "--skip-preview", "--parallel", "1", "--stack", "test"];
  const started = startEngine(fleet, up);
  fleet.platform.faults.inject(
    { path: "/graphql", body: "createCommitOnBranch", times: 1 },
    { kind: "call", when: "before", run: () => meanwhile(started) },
  );
  fleet.platform.faults.inject(
    { path: "/graphql", body: "createCommitOnBranch", times: 1 },
    { kind: "delay", milliseconds: 3_000 },
  );
  const code = await started.ended;
  printed.push(started.output());
  return { code, output: started.output() };
}

/** A command, whose output is searched for tokens at the end. */
async function run(args: readonly string[], env: Record<string, string> = {}) {
  const result = await runCommand(fleet, args, env);
  printed.push(result.stdout, result.stderr);
  return result;
}

/** Ctrl-C in a terminal: the engine's plugins have process groups of their own, and do not receive it. */
const interrupt = ({ child }: StartedCommand) => void child.kill("SIGINT");

const committed = () =>
  fleet.platform.requests.filter(({ operation }) => operation === "mutation").length;

/** Each test continues where the previous one left the fleet. */
test("a budget that is too small for the fleet is reported before anything is written", async () => {
  const reset = Math.floor(Date.now() / 1000) + 600;
  const window = { limit: 5000, used: 4997, remaining: 3, reset };
  const body = JSON.stringify({ resources: { core: window, graphql: window }, rate: window });
  const headers = { "content-type": "application/json" };
  const limits = { kind: "answer", status: 200, body, headers } as const;
  onTestFinished(fleet.platform.faults.inject({ path: "/rate_limit" }, limits));
  const { exitCode, stdout, stderr } = await run(["rollout", "--plan", "test"]);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/the admin token has 3 requests left, and this needs \d+; GitHub renews/);
  expect(fleet.takeWrites()).toEqual([]);
});

test("Ctrl-C once: the running write ends, the state has it, and nothing else starts", async () => {
  const { code, output } = await update(async (started) => interrupt(started));
  expect(code, output).not.toBe(0);
  expect(committed()).toBe(1);
  await assertImportable(fleet);
  const { stdout } = await fleet.stack.must(["stack", "export"]);
  expect(stdout.match(/"commitSha": "[0-9a-f]{40}"/g), output).toHaveLength(1);
});

test("Ctrl-C twice: it ends at once, and is recovered", async () => {
  const { code, output } = await update(async (started) => {
    interrupt(started);
    // The engine ignores one that follows at once.
    await vi.waitUntil(() => started.output().includes("^C received"));
    interrupt(started);
  });
  expect(code, output).not.toBe(0);
  const { exitCode, stdout, stderr } = await run(["recover", "test"]);
  expect(exitCode, stdout + stderr).toBe(0);
  await assertImportable(fleet);
});

test("while an update runs, a second one is refused and changes nothing; the first one ends well", async () => {
  let second: Awaited<ReturnType<typeof fleet.stack.up>> | undefined;
  const { code, output } = await update(async () => {
    second = await fleet.stack.up(["--skip-preview"]);
    printed.push(second.stdout, second.stderr);
  });
  expect(code, output).toBe(0);
  expect(second?.exitCode).not.toBe(0);
  expect((second?.stdout ?? "") + (second?.stderr ?? "")).toContain("currently locked");
  expect(await assertConverges(fleet)).toHaveLength(1);
  await assertCommits(fleet, Object.fromEntries(names.map((name) => [name, 2])));
  assertNewestPat(fleet, "publisher");
});

test("a plain update whose secret or commit GitHub refuses names it and fails; the next one writes what is left", async () => {
  const { platform, stack } = fleet;
  const refuse = (match: FaultMatch) =>
    platform.faults.inject(match, {
      kind: "answer",
      status: 403,
      body: '{"message":"Resource not accessible by personal access token"}',
      headers: { "content-type": "application/json" },
    });
  const plain = async () => {
    const result = await stack.up(["--skip-preview"]);
    printed.push(result.stdout, result.stderr);
    return result;
  };
  await stack.setSecret("ghcr-fleet:pat", platform.world.tokenValue("next-publisher"));
  const allowSecrets = refuse({ method: "PUT", path: "/actions/secrets/" });
  assertTruthfulExit(await plain(), {
    "RegistrySecret GHCR_PAT": /403 "Resource not accessible.* admin token/,
  });
  allowSecrets();
  assertNewestPat(fleet, "publisher");

  const elsewhere = { name: "api", dockerfile: "build/Dockerfile" };
  await fleet.configure({ ...settings, repositories: [{ match: "*" }, elsewhere] });
  const allowCommits = refuse({ path: "/graphql", body: "createCommitOnBranch" });
  assertTruthfulExit(await plain(), {
    "RepositoryPublishing api": /403 "Resource not accessible/,
  });
  allowCommits();
  assertNewestPat(fleet, "next-publisher");

  assertTruthfulExit(await plain(), {});
  await assertCommits(fleet, { api: 3, billing: 2, web: 2 });
});

/** How many bytes the variable with this configuration leaves of what the kernel allows for one. */
async function leftBytes(): Promise<number> {
  const { stdout } = await fleet.stack.must(["config", "--json", "--show-secrets"]);
  const config = Object.entries(JSON.parse(stdout) as Record<string, { value: string }>);
  const values = Object.fromEntries(config.map(([key, { value }]) => [key, value]));
  return 32 * 4096 - Buffer.byteLength(`PULUMI_CONFIG=${JSON.stringify(values)}\0`);
}

test("the largest configuration that the engine can pass on works, and one byte more is refused with the way out", async () => {
  const { stack } = fleet;
  onTestFinished(() => fleet.configure(settings));
  const large = (names: number, rest: number) => ({
    ...settings,
    exclude: [
      ...Array.from({ length: names }, (_, at) => `x-${String(at).padStart(5, "0")}`),
      "y".repeat(rest),
    ],
  });
  await fleet.configure(large(0, 1));
  const left = await leftBytes();
  // A name of seven letters, two quotes that are escaped, and a comma.
  const names = Math.floor(left / 12) - 1;
  await fleet.configure(large(names, 1 + left - 12 * names));
  expect(await leftBytes()).toBe(0);
  const largest = await stack.preview();
  printed.push(largest.stdout, largest.stderr);
  expect(largest.exitCode, largest.stdout + largest.stderr).toBe(0);

  const tooLarge = large(names, 2 + left - 12 * names);
  await fleet.configure(tooLarge);
  const byEngine = await stack.preview();
  printed.push(byEngine.stdout, byEngine.stderr);
  expect(byEngine.stdout + byEngine.stderr).toContain("argument list too long");
  const preview = () => run(["pulumi", "preview", "--stack", "test"]);
  const refused = await preview();
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("replace the key by ghcr-fleet:fleetFile: fleet.yaml");

  await writeFile(join(stack.folder, "fleet.yaml"), JSON.stringify(tooLarge));
  await stack.must(["config", "rm", "ghcr-fleet:fleet"]);
  await stack.must(["config", "set", "ghcr-fleet:fleetFile", "fleet.yaml"]);
  const inFile = await preview();
  expect(inFile.exitCode, inFile.stdout + inFile.stderr).toBe(0);
});

const stateFile = () => join(fleet.stack.folder, "state/.pulumi/stacks/ghcr-fleet/test.json");
const up = async (env: Record<string, string> = {}) => {
  const args = ["pulumi", "up", "--yes", "--skip-preview", "--refresh", "--stack", "test"];
  const { exitCode, stdout, stderr } = await run(args, env);
  return { exitCode, output: stdout + stderr };
};

test("with a wrong passphrase, nothing is read, written or changed in the state", async () => {
  onTestFinished(await saveFleet(fleet));
  const wrong = { PULUMI_CONFIG_PASSPHRASE: "another" };
  const before = await readFile(stateFile(), "utf8");
  const requests = fleet.platform.requests.length;
  const { exitCode, output } = await up(wrong);
  expect(exitCode).not.toBe(0);
  expect(output).toContain("incorrect passphrase");
  const status = await run(["status", "test"], wrong);
  expect(status.stderr).toContain("cannot be decrypted");
  expect(status.exitCode).toBe(1);
  expect(fleet.platform.requests).toHaveLength(requests);
  expect(await readFile(stateFile(), "utf8")).toBe(before);
});

test("half a state, or one that a full disk has emptied, is refused until recover has restored the last whole one", async () => {
  expect((await up()).exitCode).toBe(0);
  const whole = await readFile(stateFile(), "utf8");
  await writeFile(stateFile(), whole.slice(0, whole.length / 2));
  fleet.takeWrites();
  const refused = await up();
  expect(refused.exitCode).toBe(1);
  expect(refused.output).toContain("ghcr-fleet recover test");

  await writeFile(stateFile(), "{}");
  for (const args of [
    ["pulumi", "up", "--yes", "--skip-preview", "--stack", "test"],
    ["rollout", "--yes", "test"],
  ]) {
    const { exitCode, stdout, stderr } = await run(args);
    expect(stdout + stderr).toContain(
      `the state of test says nothing about any stack (${stateFile()})`,
    );
    expect(stdout + stderr).toContain("ghcr-fleet recover test");
    expect(exitCode, args.join(" ")).toBe(1);
  }
  const { stdout: previewed } = await fleet.stack.preview();
  expect(previewed).toContain("Restore the last valid state: ghcr-fleet recover test");
  const { exitCode, stdout, stderr } = await run(["recover", "test"]);
  expect(stdout).toMatch(/^test: the state says nothing about any stack; restored that of 20/);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(fleet.takeWrites()).toEqual([]);
  expect(await assertConverges(fleet)).toHaveLength(1);
});

describe.skipIf(!canMount())("where the disk has no space for more", () => {
  const folder = () => join(fleet.stack.folder, "state");
  const filler = () => join(folder(), "filler");
  beforeAll(() => {
    const aside = `${folder()}-aside`;
    cpSync(folder(), aside, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", folder()]);
    cpSync(aside, folder(), { recursive: true });
    rmSync(aside, { recursive: true });
  });
  afterAll(() => {
    execFileSync("umount", [folder()]);
  });

  /** Nothing can be written from now on, until the file is removed. */
  function fill(): void {
    const file = openSync(filler(), "a");
    try {
      for (;;) writeSync(file, Buffer.alloc(4096));
    } catch (error) {
      expect(error).toMatchObject({ code: "ENOSPC" });
    } finally {
      closeSync(file);
    }
  }

  test("nothing starts, and the state stays whole", async () => {
    fill();
    const before = await readFile(stateFile(), "utf8");
    const { exitCode, output } = await up();
    expect(exitCode).toBe(1);
    expect(output).toMatch(/ENOSPC|no space left/i);
    expect(fleet.takeWrites()).toEqual([]);
    expect(await readFile(stateFile(), "utf8")).toBe(before);
    rmSync(filler());
  });

  test("an update in which it fills up fails and says so; with space again, it is recovered, and commits nothing twice", async () => {
    for (const name of ["api", "billing"]) {
      fleet.platform
        .byHand("acme-admin")
        .editFiles(`acme/${name}`, { ".github/workflows/ci.yml": "on: push\n" });
    }
    fleet.platform.faults.inject(
      { path: "/graphql", body: "createCommitOnBranch", times: 1 },
      { kind: "call", when: "before", run: fill },
    );
    const { exitCode, output } = await up();
    expect(exitCode, output).not.toBe(0);
    expect(output).toMatch(/ENOSPC|no space left/i);
    rmSync(filler());
    const { exitCode: recovered, stdout, stderr } = await run(["recover", "test"]);
    expect(recovered, stdout + stderr).toBe(0);
    await assertConverges(fleet);
    await assertNoRepeatedCommit(fleet, names);
    await assertCommits(fleet, { api: 6, billing: 4, web: 2 });
    await assertImportable(fleet);
    // This folder does not outlive these tests.
    await assertNoToken(fleet, printed);
  });
});

/** Of all that the tests above printed, and what they left. */
test("no token is in an output, the state or a file", async () => {
  await assertNoToken(fleet, printed);
});

/** Only root may, and not in every container. */
function canMount(): boolean {
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], {
      stdio: "ignore",
    });
    return true;
  } catch {
    process.stderr.write(
      "Left out, because this account may not mount: the updates on a full disk.\n",
    );
    return false;
  }
}
