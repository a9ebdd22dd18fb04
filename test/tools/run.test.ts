import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFile, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createEmptyMachine } from "./empty-machine.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** `node tools/run.mjs fixture/script.ts <args>` on this checkout, with a `pulumi` on PATH. */
async function start(...args: string[]) {
  const machine = await createEmptyMachine();
  await machine.addProgram("pulumi", "echo v3.999.0");
  const script = fileURLToPath(new URL("fixture/script.ts", import.meta.url));
  const child = spawn(process.execPath, [join(root, "tools/run.mjs"), script, ...args], {
    env: machine.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { child, machine, stdout: text(child.stdout), stderr: text(child.stderr) };
}

test("the script gets its arguments, Node and the engine first on PATH, and gives its exit code", async () => {
  const { child, machine, stdout, stderr } = await start("exit", "--flag", "a b");
  const [code] = (await once(child, "exit")) as [number];
  const path = `${dirname(process.execPath)}:${machine.programs}`;
  expect(JSON.parse(await stdout)).toEqual({ args: ["--flag", "a b"], path });
  expect(await stderr).toBe("");
  expect(code).toBe(42);
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s reaches the script", async (signal) => {
  const { child, stdout } = await start("wait");
  await once(child.stdout, "readable"); // the script is ready
  child.kill(signal);
  const [code] = (await once(child, "exit")) as [number];
  expect(await stdout).toBe(`ready\ngot ${signal}\n`);
  expect(code).toBe(7);
});

/** The files that set-up needs, in a folder where nothing is installed. `npm ci` links our packages. */
async function freshCheckout() {
  const machine = await createEmptyMachine();
  const folder = join(machine.programs, "../checkout");
  await mkdir(folder);
  for (const name of ["package.json", "package-lock.json", "src", "tools"])
    await cp(join(root, name), join(folder, name), { recursive: true });
  await copyFile(join(import.meta.dirname, "fixture/script.ts"), join(folder, "script.ts"));
  await machine.addProgram("pulumi", "echo v3.999.0");
  await machine.addProgram(
    "npm",
    `rm -rf "${folder}/node_modules" && ln -s "${root}node_modules" "${folder}/node_modules"`,
  );
  const run = (...nodeFlags: string[]) =>
    spawnSync(
      process.execPath,
      [...nodeFlags, join(folder, "tools/run.mjs"), join(folder, "script.ts"), "exit"],
      { env: machine.env, encoding: "utf8" },
    );
  return { machine, folder, run };
}

test("packages that are missing or of another version are installed, and others are not", async () => {
  const { machine, folder, run } = await freshCheckout();
  const first = run();
  expect(first.status, first.stderr).toBe(42);
  expect(first.stderr).toContain("npm packages: installing (npm ci)");
  expect(await machine.calls()).toContainEqual("npm ci");

  expect(run().stderr).toBe("");

  const lockfile = JSON.parse(await readFile(join(folder, "package-lock.json"), "utf8"));
  lockfile.packages["node_modules/vitest"].version = "999.0.0";
  await writeFile(join(folder, "package-lock.json"), JSON.stringify(lockfile));
  expect(run().stderr).toContain("npm packages: installing (npm ci)");
});

test("a failed installation is reported, with what to check", async () => {
  const { machine, run } = await freshCheckout();
  await machine.addProgram("npm", "exit 1");
  const { status, stdout, stderr } = run();
  expect(status).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain("npm ci failed. Check the network, the registry");
});

test("a Node that cannot run TypeScript starts the packaged one, or says how to get it", async () => {
  const { machine, run } = await freshCheckout();
  const handedOver = run("--no-experimental-strip-types");
  expect(handedOver.status, handedOver.stderr).toBe(42);
  expect(await machine.calls()).toContainEqual("npm ci");

  const without = await freshCheckout();
  await without.machine.addProgram("npm", `mkdir -p "${without.folder}/node_modules"`);
  const { status, stderr } = without.run("--no-experimental-strip-types");
  expect(status).toBe(1);
  expect(stderr).toContain("brought no newer one");
  expect(stderr).toContain("npm rebuild node --ignore-scripts=false");
});
