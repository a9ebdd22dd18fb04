import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { runCommand } from "../e2e/support/run-command.ts";
import { startEngine, type StartedCommand } from "../e2e/support/start-command.ts";
import { startFleet, type TestFleet } from "../e2e/support/start-fleet.ts";
import {
  assertCommits,
  assertConverges,
  assertImportable,
  assertNewestPat,
  assertNoToken,
} from "./support/properties.ts";

const names = ["api", "billing", "web"];
let fleet: TestFleet;
const printed: string[] = [];
beforeAll(async () => {
  const repositories = names.map((name) => ({ name, dockerfile: "Dockerfile" }));
  const settings = { username: "acme-publisher", repositories: [{ match: "*" }] };
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
  const { exitCode, stdout, stderr } = await runCommand(fleet, ["rollout", "--plan", "test"]);
  printed.push(stdout, stderr);
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
  const { exitCode, stdout, stderr } = await runCommand(fleet, ["recover", "test"]);
  printed.push(stdout, stderr);
  expect(exitCode, stdout + stderr).toBe(0);
  await assertImportable(fleet);
});

test("while an update runs, a second one is refused and changes nothing; the first one ends well", async () => {
  let second: Awaited<ReturnType<typeof fleet.stack.up>> | undefined;
  const { code, output } = await update(async () => {
    second = await fleet.stack.up(["--skip-preview"]);
  });
  expect(code, output).toBe(0);
  expect(second?.exitCode).not.toBe(0);
  expect((second?.stdout ?? "") + (second?.stderr ?? "")).toContain("currently locked");
  expect(await assertConverges(fleet)).toHaveLength(1);
  await assertCommits(fleet, Object.fromEntries(names.map((name) => [name, 2])));
  assertNewestPat(fleet, "publisher");
  await assertNoToken(fleet, printed);
});

const stateFile = () => join(fleet.stack.folder, "state/.pulumi/stacks/ghcr-fleet/test.json");
const up = async (env: Record<string, string> = {}) => {
  const args = ["pulumi", "up", "--yes", "--skip-preview", "--refresh", "--stack", "test"];
  const result = await runCommand(fleet, args, env);
  printed.push(result.stdout, result.stderr);
  return { exitCode: result.exitCode, output: result.stdout + result.stderr };
};

test("with a wrong passphrase, nothing is read, written or changed in the state", async () => {
  const before = await readFile(stateFile(), "utf8");
  const requests = fleet.platform.requests.length;
  const { exitCode, output } = await up({ PULUMI_CONFIG_PASSPHRASE: "another" });
  expect(exitCode).not.toBe(0);
  expect(output).toContain("incorrect passphrase");
  expect(fleet.platform.requests).toHaveLength(requests);
  expect(await readFile(stateFile(), "utf8")).toBe(before);
});

test("half a state is refused until recover has restored the last whole one", async () => {
  expect((await up()).exitCode).toBe(0);
  const whole = await readFile(stateFile(), "utf8");
  await writeFile(stateFile(), whole.slice(0, whole.length / 2));
  fleet.takeWrites();
  const refused = await up();
  expect(refused.exitCode).toBe(1);
  expect(refused.output).toContain("ghcr-fleet recover test");
  const { exitCode, stdout, stderr } = await runCommand(fleet, ["recover", "test"]);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(fleet.takeWrites()).toEqual([]);
  expect(await assertConverges(fleet)).toHaveLength(1);
});

test.skipIf(!canMount())("on a full disk nothing starts, and the state stays whole", async () => {
  const folder = join(fleet.stack.folder, "state");
  const aside = `${folder}-aside`;
  cpSync(folder, aside, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", folder]);
  onTestFinished(() => {
    execFileSync("umount", [folder]);
    rmSync(aside, { recursive: true });
  });
  cpSync(aside, folder, { recursive: true });
  const used = execFileSync("df", ["--output=used", "--block-size=1K", folder], {
    encoding: "utf8",
  });
  const size = Number(used.split("\n")[1]) + 4;
  execFileSync("mount", ["-o", `remount,size=${size}k`, folder]);
  const before = await readFile(stateFile(), "utf8");
  const { exitCode, output } = await up();
  expect(exitCode).toBe(1);
  expect(output).toMatch(/ENOSPC|no space left/i);
  expect(fleet.takeWrites()).toEqual([]);
  expect(await readFile(stateFile(), "utf8")).toBe(before);
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
      "Left out, because this account may not mount: the update on a full disk.\n",
    );
    return false;
  }
}
