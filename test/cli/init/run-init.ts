import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { runBin } from "../run-bin.ts";

export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "init-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

export const env = { ...process.env, GITHUB_TOKEN: undefined };
export const init = (cwd: string, ...args: string[]) => runBin(["init", ...args], { cwd, env });
export const answers = [
  "--select",
  "topic:container",
  "service-*",
  "web",
  "--secret-scope",
  "repository",
];
export const read = async (...path: string[]) => readFile(join(...path), "utf8");
