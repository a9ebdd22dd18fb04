import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";

const module = new URL("../src/index.ts", import.meta.url).href;
const program = `
  const { runSimulate } = await import(${JSON.stringify(module)});
  await runSimulate({ port: 0, print: console.log });
`;

test("simulate says where it is, keeps token values in a private file, and stops cleanly", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program]);
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line);
    if (line.startsWith("Press Ctrl-C")) break;
  }
  const text = printed.join("\n");
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? "";
  const file = /values in (.+):/.exec(text)?.[1] ?? "";
  const tokens = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  expect(statSync(file).mode & 0o777).toBe(0o600);
  for (const value of Object.values(tokens)) expect(text).not.toContain(value);

  const answer = await fetch(`${url}/user`, {
    headers: { authorization: `Bearer ${tokens.publisher}` },
  });
  expect(await answer.json()).toMatchObject({ login: "acme-publisher" });

  const ended = once(child, "exit");
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect(existsSync(file)).toBe(false);
});
