import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { onTerminal } from "../../../demo/first-hour/office.ts";

const confirming = fileURLToPath(new URL("confirming-command.ts", import.meta.url));

/** Runs a command that asks on a terminal, and types an answer; the end of the input without one. */
async function answering(
  answer: string | undefined,
): Promise<{ code: number | null; text: string }> {
  const [program = "", ...args] = onTerminal([process.execPath, confirming]);
  const child = spawn(program, args);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => {
    const isAsked = text.includes("[y/N]");
    text += more;
    if (isAsked || !text.includes("[y/N]")) return;
    if (answer === undefined) child.stdin.end();
    else child.stdin.write(answer);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  return { code, text };
}

test.each([
  ["yes", "y\n", 0],
  ["no", "no\n", 1],
  ["nothing", "\n", 1],
  ["Ctrl-C", "\u0003", 1],
  ["the end of the input", undefined, 1],
] as const)("%s on a terminal", async (_, answer, code) => {
  const ended = await answering(answer);
  expect(ended.text).toContain("Roll out acme? [y/N]");
  expect(ended.text.includes("written")).toBe(code === 0);
  expect(ended.code, ended.text).toBe(code);
});
