import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { isProcessAlive } from "../../src/cli/recover/recover.ts";

test("a process is alive while it runs, and not as a zombie", async () => {
  // The shell becomes a program that never waits for the child, before the child ends.
  const parent = spawn("sh", ["-c", "sleep 0.3 & echo $!; exec sleep 60"]);
  onTestFinished(() => void parent.kill());
  const [zombie] = await once(parent.stdout.setEncoding("utf8"), "data");
  expect(await isProcessAlive(Number(zombie))).toBe(false);
  expect(process.kill(Number(zombie), 0)).toBe(true);
  expect(await isProcessAlive(parent.pid ?? 0)).toBe(true);
});

test("a process that was just killed gets the time to end", async () => {
  const child = spawn("sleep", ["60"]);
  setTimeout(() => child.kill("SIGKILL"), 300);
  expect(await isProcessAlive(child.pid ?? 0)).toBe(false);
});
