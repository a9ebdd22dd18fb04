import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ensureEngine } from "../../engine/steps/ensure-engine.mjs";
import { createFakeMachine, fakeGo, fakePulumi, type FakeMachine } from "./fake-machine.ts";

const cached = (machine: FakeMachine) => readdir(join(machine.settings.cache, "engine"));
const builds = async (machine: FakeMachine) =>
  (await machine.calls()).filter((call) => call.startsWith("go build"));

/** Runs the step in a process of its own, which can be killed. */
function startInProcess({ settings }: FakeMachine) {
  const { root, cache, installer, env } = settings;
  const script = fileURLToPath(new URL("fixture/ensure-engine.ts", import.meta.url));
  return spawn(process.execPath, [script, JSON.stringify({ root, cache, installer })], {
    env,
    stdio: "ignore",
  });
}

async function until(condition: () => Promise<boolean>) {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("pulumi on PATH is used as it is, and asked for its version once", async () => {
  const machine = await createFakeMachine();
  await machine.addProgram("pulumi", fakePulumi("3.300.1"));
  const bin = machine.settings.env["PATH"];
  const expected = { kind: "path", bin, version: "3.300.1", env: { PATH: bin } };
  expect(await ensureEngine(machine.settings)).toEqual(expected);
  expect(await ensureEngine(machine.settings)).toEqual(expected);
  expect(await machine.calls()).toEqual(["pulumi version"]);
  expect(machine.shown()).toBe("");
});

test("a cache that takes no files is needed by nobody who has pulumi, and named to all others", async () => {
  const machine = await createFakeMachine();
  await machine.write("file", "");
  const settings = { ...machine.settings, cache: join(machine.settings.root, "file", "cache") };
  const error = await ensureEngine(settings).catch((reason: unknown) => reason);
  expect(String(error).replaceAll(machine.settings.root, "<root>")).toMatchInlineSnapshot(`
    "SetupError: The cache folder <root>/file/cache cannot be written: ENOTDIR: not a directory, mkdir '<root>/file/cache'
    Make it writable, or make room in it, or choose another with GHCR_FLEET_CACHE=<folder>, then run the command again."
  `);

  await machine.addProgram("pulumi", fakePulumi("3.300.1"));
  expect((await ensureEngine(settings)).kind).toBe("path");
});

test("an older pulumi is named, and the engine is built", async () => {
  const machine = await createFakeMachine();
  await machine.addProgram("pulumi", fakePulumi("3.200.0"));
  await machine.addProgram("go", fakeGo());
  const engine = await ensureEngine(machine.settings);
  const programs = machine.settings.env["PATH"] ?? "";
  expect(engine.kind).toBe("built");
  expect(engine.env.PATH).toBe(`${engine.bin}:${programs}`);
  expect(machine.shown().replaceAll(programs, "<PATH>")).toMatchInlineSnapshot(`
    "The Pulumi engine is missing: pulumi on PATH (<PATH>) is 3.200.0; v3.259.0 or newer is needed.
    · Pulumi engine v3.259.0 from 127.0.0.1:2
    – Pulumi's installer could not be used: connect ECONNREFUSED 127.0.0.1:2
    Building it from its Go modules: about 7 minutes the first time on 2 cores.
    · Pulumi engine v3.259.0
    ✓ Pulumi engine v3.259.0 built
    · language host and providers
    ✓ language host and providers built
    "
  `);
});

test("a pulumi that does not start is passed over", async () => {
  const machine = await createFakeMachine();
  await machine.addProgram("pulumi", "exit 126");
  await machine.addProgram("go", fakeGo());
  expect((await ensureEngine(machine.settings)).kind).toBe("built");
  expect(machine.shown()).toContain("is of unknown version; v3.259.0 or newer is needed.");
});

test("a built engine is whole: programs on PATH, providers in its own home", async () => {
  const machine = await createFakeMachine();
  await machine.addProgram("go", fakeGo());
  const engine = await ensureEngine(machine.settings);
  const home = engine.env.PULUMI_HOME ?? "";
  expect((await readdir(engine.bin)).sort()).toEqual(["pulumi", "pulumi-language-nodejs"]);
  expect(await readdir(home)).toEqual(["plugins"]);
  const provider = join(home, "plugins", "resource-random-v4.21.2", "pulumi-resource-random");
  expect(await readFile(provider, "utf8")).toBe("random\n");
  expect(await cached(machine)).toHaveLength(1);
});

test("the second start builds nothing and says nothing", async () => {
  const machine = await createFakeMachine();
  await machine.addProgram("go", fakeGo());
  const first = await ensureEngine(machine.settings);
  const [calls, shown] = [await machine.calls(), machine.shown()];
  expect(await ensureEngine(machine.settings)).toEqual(first);
  // Also where the engine is on PATH already, as it is below `npm start`.
  const below = { ...machine.settings, env: { ...machine.settings.env, ...first.env } };
  expect(await ensureEngine(below)).toEqual(first);
  expect([await machine.calls(), machine.shown()]).toEqual([calls, shown]);
});

test("changed sources are built anew", async () => {
  const machine = await createFakeMachine();
  await machine.addProgram("go", fakeGo());
  const first = await ensureEngine(machine.settings);
  await machine.write("engine/plugins/cmd/more.go", "package main\n");
  const second = await ensureEngine(machine.settings);
  expect(second.bin).not.toBe(first.bin);
  expect(await cached(machine)).toHaveLength(2);
});

test("two at once build once", async () => {
  const machine = await createFakeMachine();
  const release = join(machine.settings.cache, "release");
  const onBuild = `until [ -e '${release}' ]; do sleep 0.05; done`;
  await machine.addProgram("go", fakeGo({ onBuild }));
  const both = Promise.all([ensureEngine(machine.settings), ensureEngine(machine.settings)]);
  await until(async () => machine.shown().includes("is building it: waiting."));
  await writeFile(release, "");
  const [one, other] = await both;
  expect(one).toEqual(other);
  expect(await builds(machine)).toHaveLength(2); // the engine, and the plugins
});

test("a failed build leaves nothing, and says what to do", async () => {
  const machine = await createFakeMachine();
  const onBuild = 'echo "example.com/a: dial tcp: lookup proxy: no such host" >&2; exit 1';
  await machine.addProgram("go", fakeGo({ onBuild }));
  const error = await ensureEngine(machine.settings).catch((reason: unknown) => reason);
  expect(String(error).replaceAll(machine.settings.root, "<root>")).toMatchInlineSnapshot(`
    "SetupError: There is no Pulumi engine v3.259.0, and each way to get it failed:
    - pulumi is not on PATH.
    - Pulumi's installer could not be used: connect ECONNREFUSED 127.0.0.1:2.
    - go build in <root>/engine/cli failed:
    example.com/a: dial tcp: lookup proxy: no such host
    Go modules could not be downloaded: check the network, or GOPROXY (\`go env GOPROXY\`).
    Mend one of them and run the command again. Getting pulumi by hand:
    https://www.pulumi.com/docs/iac/download-install/"
  `);
  expect(await cached(machine)).toEqual([]);
});

test("an interrupted build leaves nothing", async () => {
  const machine = await createFakeMachine();
  await machine.addProgram("go", fakeGo({ onBuild: "exec sleep 60" }));
  const child = startInProcess(machine);
  await until(async () => (await builds(machine)).length > 0);
  child.kill("SIGINT");
  const [code] = (await once(child, "exit")) as [number | null];
  expect(code).toBe(130);
  expect(await cached(machine)).toEqual([]);
});

test("a killed build is cleaned up, and its lock taken over", async () => {
  const machine = await createFakeMachine();
  await machine.addProgram("go", fakeGo({ onBuild: "sleep 1; exit 1" }));
  const child = startInProcess(machine);
  await until(async () => (await builds(machine)).length > 0);
  child.kill("SIGKILL");
  await once(child, "exit");
  const left = await cached(machine);
  expect(left.filter((name) => name.startsWith("unfinished-"))).toHaveLength(1);
  expect(left).toContain("build.lock");

  await machine.addProgram("go", fakeGo());
  const engine = await ensureEngine(machine.settings);
  expect(await cached(machine)).toEqual([engine.bin.split("/").at(-2)]);
});

test.each([
  { name: "nothing at all", go: undefined },
  { name: "a Go that is too old", go: fakeGo({ version: "1.20.3" }) },
  {
    name: "a Go that may not fetch a newer one",
    go: `case "$PWD" in
      */cli) echo "go: go.mod requires go >= 1.26 (running go 1.24.1; GOTOOLCHAIN=local)" >&2; exit 1 ;;
      *) echo "go version go1.24.1 linux/amd64" ;;
    esac`,
  },
])("$name: every way is listed with how to open it", async ({ go }) => {
  const machine = await createFakeMachine();
  if (go !== undefined) await machine.addProgram("go", go);
  const error = await ensureEngine(machine.settings).catch((reason: unknown) => reason);
  const message = String(error).replaceAll(machine.settings.env["PATH"] ?? "", "<PATH>");
  expect(message).toMatchSnapshot();
});
