import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const bin = fileURLToPath(new URL("../../bin/ghcr-fleet.mjs", import.meta.url));

function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [bin, ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

test("help lists the verbs", async () => {
  const { code, stdout } = await run("--help");
  expect(stdout).toContain("simulate [options]");
  expect(code).toBe(0);
});

test("wrong usage says what is wrong, and ends with 2", async () => {
  expect(await run("simulate", "--port", "eighty")).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "error: option '--port <number>' argument 'eighty' is invalid. " +
      "Give a number from 0 to 65535.\n(see --help)\n",
  });
});

test("simulate serves an organisation until it is interrupted", async () => {
  const child = spawn(process.execPath, [bin, "simulate"], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [first] = (await once(child.stdout, "data")) as [Buffer];
  const url = /^GitHub is simulated at (http:\S+) with the organisation acme\.$/m.exec(
    first.toString(),
  )?.[1];
  const answer = await fetch(`${url}/user`);
  expect(answer.status).toBe(401);
  child.kill("SIGINT");
  const [code] = (await once(child, "exit")) as [number];
  await text(child.stdout);
  expect(code).toBe(0);
});
