import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { engineEnvironment } from "../../tools/engine.ts";
import { ensureEngine } from "../../tools/ensure-engine.ts";
import { createEmptyMachine, fakeGo, noNetwork, type EmptyMachine } from "./empty-machine.ts";

// The steps show their progress there.
beforeEach(() => void vi.spyOn(process.stderr, "write").mockReturnValue(true));
afterEach(() => void vi.restoreAllMocks());

const cached = (machine: EmptyMachine) => readdir(join(machine.cache, "engine"));
const builds = async (machine: EmptyMachine) =>
  (await machine.calls()).filter((call) => call === "go build").length;

/** Sets an engine up in a process of its own, which can be killed. */
function startProcess({ env }: EmptyMachine) {
  const script = fileURLToPath(new URL("fixture/ensure-engine.ts", import.meta.url));
  return spawn(process.execPath, [script], { env, stdio: "ignore" });
}

async function until(condition: () => Promise<boolean>) {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("pulumi on PATH comes first", async () => {
  const machine = await createEmptyMachine();
  await machine.addProgram("pulumi", "echo v3.300.1");
  const engine = { origin: "found on PATH", bin: machine.programs, version: "3.300.1" };
  expect(await ensureEngine(machine.env, noNetwork)).toEqual(engine);
  expect(await engineEnvironment(machine.env)).toMatchObject({
    PATH: expect.stringContaining(machine.programs),
    PULUMI_SKIP_UPDATE_CHECK: "true",
  });
});

test("the npm package pulumi in node_modules/.bin does not count as pulumi on PATH", async () => {
  const machine = await createEmptyMachine();
  const bin = join(machine.programs, "node_modules/.bin");
  await machine.addProgram("pulumi", "echo v3.300.1", bin);
  await machine.addProgram("go", fakeGo());
  const engine = await ensureEngine(
    { ...machine.env, PATH: `${bin}:${machine.programs}` },
    noNetwork,
  );
  expect(engine.origin).toBe("built from Go modules");
});

test("a built engine is complete: programs on PATH, providers in its own home, no place for logs", async () => {
  const machine = await createEmptyMachine();
  await machine.addProgram("go", fakeGo());
  const engine = await ensureEngine(machine.env, noNetwork);
  const home = engine.home ?? "";
  expect((await readdir(engine.bin)).sort()).toEqual(["pulumi", "pulumi-language-nodejs"]);
  const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  const { dependencies } = JSON.parse(manifest);
  expect((await readdir(join(home, "plugins"))).sort()).toEqual([
    `resource-github-v${dependencies["@pulumi/github"]}`,
    `resource-random-v${dependencies["@pulumi/random"]}`,
  ]);
  expect(await cached(machine)).toHaveLength(1);
  expect((await engineEnvironment(machine.env)).PULUMI_HOME).toBe(home);
  expect((await stat(join(home, "logs"))).isFile()).toBe(true);
});

test("what was built is found again, also below itself", async () => {
  const machine = await createEmptyMachine();
  await machine.addProgram("go", fakeGo());
  const first = await ensureEngine(machine.env, noNetwork);
  expect(await ensureEngine(machine.env, noNetwork)).toEqual(first);
  const below = { ...machine.env, ...(await engineEnvironment(machine.env)) };
  expect(await ensureEngine(below, noNetwork)).toEqual(first);
  expect(await builds(machine)).toBe(2); // the engine, and the provider random
});

test("what another clone has built is used where a person put it on PATH", async () => {
  const machine = await createEmptyMachine();
  const folder = join(machine.cache, "engine/of-another-clone");
  const bin = join(folder, "bin");
  await machine.addProgram("pulumi", "echo v3.300.1", bin);
  const env = { ...machine.env, PATH: bin, PULUMI_HOME: join(folder, "home") };
  const engine = { origin: "found on PATH", bin, version: "3.300.1", home: join(folder, "home") };
  expect(await ensureEngine(env, noNetwork)).toEqual(engine);
});

test("two at once build once", async () => {
  const machine = await createEmptyMachine();
  const release = join(machine.cache, "release");
  await machine.addProgram("go", fakeGo(`while [ ! -e "${release}" ]; do sleep 0.01; done`));
  const both = Promise.all([
    ensureEngine(machine.env, noNetwork),
    ensureEngine(machine.env, noNetwork),
  ]);
  await until(async () => (await builds(machine)) > 0);
  await writeFile(release, "");
  const [one, other] = await both;
  expect(one).toEqual(other);
  expect(await builds(machine)).toBe(2); // the engine, and the provider random
});

test("what a killed build left is removed, and its lock taken over", async () => {
  const machine = await createEmptyMachine();
  await machine.addProgram("go", fakeGo("sleep 1; exit 1"));
  const child = startProcess(machine);
  await until(async () => (await builds(machine)) > 0);
  child.kill("SIGKILL");
  await once(child, "exit");
  const left = await cached(machine);
  expect(left.filter((name) => name.startsWith("unfinished-"))).toHaveLength(1);
  expect(left).toContain("build.lock");

  await machine.addProgram("go", fakeGo());
  const engine = await ensureEngine(machine.env, noNetwork);
  expect(await cached(machine)).toEqual([engine.bin.split("/").at(-2)]);
});

test.each([
  ["no Go", undefined, "go could not be started", "Get Go 1.26 or newer"],
  [
    "an old Go",
    'echo "go: go.mod requires go >= 1.26.6 (running go 1.24.1; GOTOOLCHAIN=local)" >&2; exit 1',
    "go.mod requires go >= 1.26.6",
    "Get Go 1.26 or newer",
  ],
  [
    "no network",
    fakeGo('echo "example.com/a: dial tcp: lookup proxy: no such host" >&2; exit 1'),
    "no such host",
    "check the network, or GOPROXY",
  ],
  [
    "a full disk",
    fakeGo('echo "write /tmp/go-build: no space left on device" >&2; exit 1'),
    "no space left on device",
    "The disk is full",
  ],
])(
  "%s: each way is named with its reason, and nothing is left",
  async (_, go, reason, nextStep) => {
    const machine = await createEmptyMachine();
    await machine.addProgram("pulumi", "echo v3.200.0");
    if (go !== undefined) await machine.addProgram("go", go);
    const error = (await ensureEngine(machine.env, noNetwork).catch(
      (failure: unknown) => failure,
    )) as Error;
    expect(error.name).toBe("UserError");
    expect(error.message).toContain("is 3.200.0; supported is >=3.259.0 <4");
    expect(error.message).toContain("fetch failed");
    expect(error.message).toContain(reason);
    expect(error.message).toContain(nextStep);
    expect(await cached(machine)).toEqual([]);
  },
);

test("a cache folder that cannot be written is named with how to choose another", async () => {
  const machine = await createEmptyMachine();
  await writeFile(machine.cache, "a file");
  await expect(ensureEngine(machine.env, noNetwork)).rejects.toThrow(
    /the cache folder cannot be written .*GHCR_FLEET_CACHE=<folder>/,
  );
  await expect(engineEnvironment({ ...machine.env, GHCR_FLEET_CACHE: "/a:b" })).rejects.toThrow(
    'The cache folder /a:b contains ":"',
  );
});
