import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { deleteUnusedCode } from "../../tools/compile-cache.ts";

const now = Date.now();
const daysAgo = (days: number) => new Date(now - days * 86_400_000);

async function createCache() {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const add = async (path: string, read: number, written: number) => {
    const file = join(folder, path);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, "code");
    await utimes(file, daysAgo(read), daysAgo(written));
  };
  const codes = async () =>
    (await readdir(folder, { recursive: true })).filter((name) => /code/.test(name)).sort();
  return { folder, add, codes };
}

test("code that was neither read nor written for 30 days is deleted", async () => {
  const { folder, add, codes } = await createCache();
  await add("v24/code-written", 31, 1);
  await add("engine/v24/code-read", 1, 300);
  await add("engine/v24/code-unused", 31, 31);
  await add("v22/code-unused", 300, 300);
  await deleteUnusedCode(folder, now);
  expect(await codes()).toEqual(["engine/v24/code-read", "v24/code-written"]);
});

test("once a day", async () => {
  const { folder, add, codes } = await createCache();
  await deleteUnusedCode(folder, now);
  await add("v24/code", 1000, 1000);
  await deleteUnusedCode(folder, now);
  expect(await codes()).toEqual(["v24/code"]);
  await deleteUnusedCode(folder, now + 2 * 86_400_000);
  expect(await codes()).toEqual([]);
});

test("a folder that cannot be made does not stop the command", async () => {
  const { folder, add } = await createCache();
  await add("code", 1, 1);
  await expect(deleteUnusedCode(join(folder, "code"))).resolves.toBeUndefined();
});
