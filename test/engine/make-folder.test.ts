import { mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder } from "../../engine/steps/make-folder.mjs";

async function emptyFolder() {
  const folder = await mkdtemp(join(tmpdir(), "make-folder-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("a folder is made with those above it, by several at once, and again", async () => {
  const folder = join(await emptyFolder(), "a b/c/d");
  await Promise.all([makeFolder(folder), makeFolder(folder), makeFolder(join(folder, "../e"))]);
  await makeFolder(folder);
  expect((await stat(folder)).isDirectory()).toBe(true);
});

test("what is no folder, or leads nowhere, is named at once", async () => {
  const base = await emptyFolder();
  await writeFile(join(base, "file"), "");
  await symlink(join(base, "gone/away"), join(base, "link"));
  await expect(makeFolder(join(base, "file"))).rejects.toThrow("EEXIST");
  await expect(makeFolder(join(base, "file/cache"))).rejects.toThrow("ENOTDIR");
  await expect(makeFolder(join(base, "link"))).rejects.toThrow("EEXIST");
  await expect(makeFolder(join(base, "link/cache/engine"))).rejects.toThrow("EEXIST");
});

test.runIf(process.platform === "linux")("/proc takes no folders and says so", async () => {
  await expect(makeFolder("/proc/nope/cache")).rejects.toThrow("ENOENT");
});
