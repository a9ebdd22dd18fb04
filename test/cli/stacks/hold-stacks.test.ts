import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { holdStacks } from "../../../src/cli/stacks/hold-stacks.ts";
import { UserError } from "../../../src/user-error.ts";

async function project() {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-held-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const lock = async (stack: string, pid: number) => {
    await mkdir(join(folder, ".ghcr-fleet"), { recursive: true });
    const file = join(folder, ".ghcr-fleet", `${encodeURIComponent(stack)}.lock`);
    await writeFile(file, JSON.stringify({ id: "other", pid, host: hostname() }));
  };
  return { folder, lock };
}

test("stacks are locked during the work, and free afterwards", async () => {
  const { folder } = await project();
  const held = await holdStacks(folder, ["acme/a", "acme/b"], () =>
    readdir(join(folder, ".ghcr-fleet")),
  );
  expect(held.sort()).toEqual(["acme%2Fa.lock", "acme%2Fb.lock"]);
  expect(await readdir(join(folder, ".ghcr-fleet"))).toEqual([]);
});

test("a second command on one of the stacks is refused at once, without any effect", async () => {
  const { folder, lock } = await project();
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  onTestFinished(() => void other.kill("SIGKILL"));
  await once(other, "spawn");
  await lock("b", other.pid ?? 0);
  let isDone = false;
  const second = holdStacks(folder, ["a", "b"], async () => (isDone = true));
  await expect(second).rejects.toThrow(
    new UserError(
      `another rollout or rotation of b is running, with process ${other.pid} on ${hostname()}: wait until it ends, or interrupt it`,
    ),
  );
  expect(isDone).toBe(false);
  expect(await readdir(join(folder, ".ghcr-fleet"))).toEqual(["b.lock"]);
});

test("the locks of a killed process are taken over", async () => {
  const { folder, lock } = await project();
  await lock("a", spawnSync(process.execPath, ["-e", ""]).pid);
  expect(await holdStacks(folder, ["a"], async () => "done")).toBe("done");
});

test("the work's own error is not changed", async () => {
  const { folder } = await project();
  const failure = new Error("a bug");
  await expect(holdStacks(folder, ["a"], () => Promise.reject(failure))).rejects.toBe(failure);
});

test("a folder that cannot be written is reported before the work starts", async () => {
  await expect(holdStacks("/dev/null", ["a"], async () => "done")).rejects.toThrow(
    /^cannot hold \/dev\/null\/\.ghcr-fleet\/a\.lock \(ENOTDIR: .*\): make it writable, or delete it$/,
  );
});
