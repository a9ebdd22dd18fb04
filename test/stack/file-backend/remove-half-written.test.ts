import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { removeHalfWritten } from "../../../src/stack/file-backend/remove-half-written.ts";

test("only files that a killed engine left incomplete are removed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-state-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const stacks = join(folder, ".pulumi", "stacks", "ghcr-fleet");
  const locks = join(folder, ".pulumi", "locks", "organization", "ghcr-fleet", "a");
  for (const each of [stacks, locks]) await mkdir(each, { recursive: true });
  const files = {
    "a.json": "{",
    "a.json.attrs": "",
    "b.json": "{}",
    "b.json.attrs": '{"user.content_type":"text/plain"}',
    "c.json.attrs": '{"user.con',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(stacks, name), text);
  await writeFile(join(locks, "1.json"), '{"pid":4711}');
  await writeFile(join(locks, "2.json.18eb1ee928c6c39a.tmp"), '{"pid":4');
  const removed = await removeHalfWritten(join(folder, ".pulumi"));
  expect(removed.sort()).toEqual([
    join(locks, "2.json.18eb1ee928c6c39a.tmp"),
    join(stacks, "a.json.attrs"),
    join(stacks, "c.json.attrs"),
  ]);
  expect(await readdir(locks)).toEqual(["1.json"]);
  expect((await readdir(stacks)).sort()).toEqual(["a.json", "b.json", "b.json.attrs"]);
});
