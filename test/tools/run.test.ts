import { spawn } from "node:child_process";
import { once } from "node:events";
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
