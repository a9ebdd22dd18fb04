import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { keepNoLogs } from "../../tools/keep-no-logs.ts";

test("existing logs are deleted, and there is no place for new ones", async () => {
  const home = await mkdtemp(join(tmpdir(), "ghcr-fleet-home-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const logs = join(home, "logs");
  await mkdir(logs);
  await writeFile(join(logs, "organization+ghcr-fleet+acme.log"), "kept");
  await keepNoLogs(home);
  await keepNoLogs(home);
  expect(await readdir(home)).toEqual(["logs"]);
  expect((await stat(logs)).isFile()).toBe(true);
});
