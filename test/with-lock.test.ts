import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { withLock } from "../src/with-lock.ts";

async function lockFolder() {
  const folder = await mkdtemp(join(tmpdir(), "lock-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { folder, file: join(folder, "build.lock") };
}

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

const fast = { pollMs: 1 };

/** Lets eight compete for the lock; returns how many held it at once, at most. */
async function compete(file: string): Promise<number> {
  let running = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 2));
    running--;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(file, work, fast)));
  return most;
}

test("one at a time, and nothing is left behind", async () => {
  const { folder, file } = await lockFolder();
  expect(await compete(file)).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test("the lock is released when the work fails", async () => {
  const { folder, file } = await lockFolder();
  const failing = withLock(file, () => Promise.reject(new Error("no space left")), fast);
  await expect(failing).rejects.toThrow("no space left");
  expect(await readdir(folder)).toEqual([]);
});

test("the lock of a dead process is taken over, by one of those who wait", async () => {
  const { folder, file } = await lockFolder();
  await writeFile(file, JSON.stringify({ id: "dead", pid: deadPid(), host: hostname() }));
  expect(await compete(file)).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test("an owner on another machine is waited for while its heartbeat goes on", async () => {
  const { file } = await lockFolder();
  const owner = { id: "far", pid: deadPid(), host: "another-machine" };
  await writeFile(file, JSON.stringify(owner));
  const waitedFor: unknown[] = [];
  const result = await withLock(file, async () => "done", {
    ...fast,
    onWait(holder) {
      waitedFor.push(holder);
      const longAgo = new Date(Date.now() - 120_000);
      void utimes(file, longAgo, longAgo);
    },
  });
  expect(result).toBe("done");
  expect(waitedFor).toEqual([owner]);
});
