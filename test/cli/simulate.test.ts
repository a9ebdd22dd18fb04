import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { bin } from "./run-bin.ts";

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s ends a rehearsal, and its ports are free",
  async (signal) => {
    const child = spawn(process.execPath, [bin, "simulate"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "close");
    let url: string | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      url ??= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (line.startsWith("Press Ctrl-C")) break;
    }
    expect((await fetch(`${url}/meta`)).status).toBe(200);
    child.kill(signal);
    expect(await ended).toEqual([0, null]);
    await expect(fetch(`${url}/meta`)).rejects.toThrow("fetch failed");
  },
);
