import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readSettings } from "../../engine/steps/settings.mjs";
import { createFakeMachine, fakePulumi } from "./fake-machine.ts";

const { root } = readSettings({});

/** `node engine/run.mjs fixture/script.ts <args>` on this checkout, with a `pulumi` on PATH. */
async function start(...args: string[]) {
  const machine = await createFakeMachine();
  await machine.addProgram("pulumi", fakePulumi("3.999.0"));
  const script = fileURLToPath(new URL("fixture/script.ts", import.meta.url));
  const { PATH } = machine.settings.env;
  const child = spawn(process.execPath, [join(root, "engine/run.mjs"), script, ...args], {
    env: { PATH, GHCR_FLEET_CACHE: machine.settings.cache },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { child, programs: PATH, stdout: text(child.stdout), stderr: text(child.stderr) };
}

test("the script gets its arguments, the engine and Node first on PATH, and gives its exit code", async () => {
  const { child, programs, stdout, stderr } = await start("exit", "--flag", "a b");
  const [code] = (await once(child, "exit")) as [number];
  const bin = join(root, "node_modules", ".bin");
  expect(JSON.parse(await stdout)).toEqual({ args: ["--flag", "a b"], path: `${programs}:${bin}` });
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

test("an unknown step is named with those there are", async () => {
  const child = spawn(process.execPath, [join(root, "engine/setup.mjs"), "engin"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  expect(await text(child.stderr)).toBe(
    'There is no step "engin"; the steps are dependencies, node, engine.\n',
  );
});
