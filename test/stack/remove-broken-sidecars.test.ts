import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { removeBrokenSidecars } from "../../src/stack/remove-broken-sidecars.ts";

test("what a killed engine left half written goes, and nothing else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-state-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const stacks = join(folder, ".pulumi", "stacks", "ghcr-fleet");
  await mkdir(stacks, { recursive: true });
  const files = {
    "a.json": "{",
    "a.json.attrs": "",
    "b.json": "{}",
    "b.json.attrs": '{"user.content_type":"text/plain"}',
    "c.json.attrs": '{"user.con',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(stacks, name), text);
  expect(await removeBrokenSidecars("s3://bucket")).toEqual([]);
  const removed = await removeBrokenSidecars(`file://${folder}?no_tmp_dir=true`);
  expect(removed.sort()).toEqual([join(stacks, "a.json.attrs"), join(stacks, "c.json.attrs")]);
  expect((await readdir(stacks)).sort()).toEqual(["a.json", "b.json", "b.json.attrs"]);
});
