import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { stackFiles, type StackFiles } from "../../../src/stack/file-backend/stack-files.ts";
import {
  assertStateIntact,
  keepStateCopy,
  restoreState,
} from "../../../src/stack/file-backend/state-copies.ts";

const stateOf = (serial: number) =>
  JSON.stringify({
    version: 3,
    checkpoint: { stack: "organization/fleet/acme", latest: { serial } },
  });

async function startBackend() {
  const root = await mkdtemp(join(tmpdir(), "ghcr-fleet-state-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const files: StackFiles = { folder: join(root, ".pulumi"), project: "fleet", stack: "acme" };
  const at = (path: string) => join(files.folder, path);
  return {
    files,
    at,
    async write(path: string, text: string | Buffer, minutesAgo = 0) {
      await mkdir(dirname(at(path)), { recursive: true });
      await writeFile(at(path), text);
      const time = new Date(Date.now() - minutesAgo * 60_000);
      await utimes(at(path), time, time);
    },
    read: (path: string) => readFile(at(path), "utf8"),
  };
}

const state = "stacks/fleet/acme.json";
const copy = "ghcr-fleet/fleet/acme.json";

test.each(["", "{}", "null", "[]", '{"version":3,"checkpoint":{}}', stateOf(1).slice(0, -20)])(
  "a state that is %j is neither used nor copied, and the last valid one is restored",
  async (text) => {
    const { files, write, read, at } = await startBackend();
    await write(state, stateOf(1));
    await keepStateCopy(files);
    await write(state, text);
    await write(`${state}.attrs`, '{"md5":"of what was there"}');
    for (const refuse of [assertStateIntact, keepStateCopy])
      await expect(refuse(files)).rejects.toThrow("ghcr-fleet recover acme");
    expect(await read(copy)).toBe(stateOf(1));

    expect(await restoreState(files)).toMatchObject({ from: at(copy) });
    expect(await read(state)).toBe(stateOf(1));
    expect(await readdir(at("stacks/fleet"))).toEqual(["acme.json"]);
    expect(await read("ghcr-fleet/fleet/acme.broken")).toBe(text);
    await assertStateIntact(files);
  },
);

test("the newest valid copy is restored, also one of the engine's", async () => {
  const { files, write, read } = await startBackend();
  await write(copy, stateOf(1), 9);
  await write(`${state}.bak`, stateOf(2), 5);
  await write("history/fleet/acme/acme-1.checkpoint.json", stateOf(3), 7);
  await write("history/fleet/acme/acme-1.history.json", "{}", 1);
  await write("backups/fleet/acme/acme.1.json", "{}", 2);
  await write(state, "");
  await restoreState(files);
  expect(await read(state)).toBe(stateOf(2));
  expect(await restoreState(files)).toBeUndefined();
});

test("states that the engine compresses are read, too", async () => {
  const { files, write, at } = await startBackend();
  const packed = gzipSync(stateOf(1));
  await write(`${state}.gz`, packed);
  await keepStateCopy(files);
  await write(`${state}.gz`, packed.subarray(0, 30));
  await expect(assertStateIntact(files)).rejects.toThrow("is incomplete");
  await restoreState(files);
  expect(await readFile(at(`${state}.gz`))).toEqual(packed);
});

test("a restore that ends half-way leaves a state, and the next one completes it", async () => {
  const { files, write, read, at } = await startBackend();
  await write(`${copy}.gz`, gzipSync(stateOf(1)));
  await write(state, "{}");
  // Nothing can be renamed to this place.
  await write(`${state}.gz/file`, "");
  await expect(restoreState(files)).rejects.toThrow("run the command again");
  expect(await read(state)).toBe("{}");
  await rm(at(`${state}.gz`), { recursive: true });

  expect(await restoreState(files)).toMatchObject({ from: at(`${copy}.gz`) });
  expect(await readdir(at("stacks/fleet"))).toEqual(["acme.json.gz"]);
  expect(await read("ghcr-fleet/fleet/acme.broken")).toBe("{}");
});

test("a full disk stops what would write the state, and keeps the copy", async () => {
  const { files, write, read, at } = await startBackend();
  await write(copy, stateOf(1));
  await write(state, stateOf(2));
  await symlink("/dev/full", at(`${copy}.${process.pid}.tmp`));
  await expect(keepStateCopy(files)).rejects.toThrow(
    /no copy of the state of acme can be kept \(ENOSPC[^)]*\), so nothing was started/,
  );
  expect(await read(copy)).toBe(stateOf(1));
});

test("a stack without a state, such as one that was removed, has nothing to restore", async () => {
  const { files, write } = await startBackend();
  await write(`${state}.bak`, stateOf(1));
  await keepStateCopy(files);
  expect(await restoreState(files)).toBeUndefined();
});

test("without any valid copy, what to do is said", async () => {
  const { files, write } = await startBackend();
  await write(state, "{}");
  await write(`${state}.bak`, "");
  await expect(restoreState(files)).rejects.toThrow("no valid copy was found");
});

test("the back end is found where the engine finds it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-project-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const find = (environment: Record<string, string>) =>
    stackFiles({ folder, environment: { PULUMI_HOME: folder, ...environment } }, "org/fleet/acme");
  await writeFile(join(folder, "Pulumi.yaml"), "name: fleet\n");
  expect(await find({})).toBeUndefined();
  await writeFile(join(folder, "credentials.json"), '{"current":"file://~/states"}');
  expect(await find({})).toMatchObject({ project: "fleet", stack: "acme" });
  await writeFile(join(folder, "Pulumi.yaml"), 'name: fleet\nbackend: { url: "file://." }\n');
  expect(await find({})).toMatchObject({ folder: join(folder, ".pulumi") });
  expect(await find({ PULUMI_BACKEND_URL: "file:///a?no_tmp_dir=true" })).toMatchObject({
    folder: "/a/.pulumi",
  });
  expect(await find({ PULUMI_BACKEND_URL: "s3://states" })).toBeUndefined();
});
