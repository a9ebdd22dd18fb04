import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ActionStep } from "../action/known-action.ts";

/** Built, this file ends with `.js`, like the program. */
const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
const program = fileURLToPath(new URL(`../docker/bin.${extension}`, import.meta.url));

/**
 * Gives the steps that follow a `docker` whose `buildx imagetools` uses the simulator's registry.
 *
 * @see https://github.com/docker/setup-buildx-action
 */
export function addDocker({ folders, host, addPath }: ActionStep): void {
  const folder = mkdtempSync(join(folders.toolCache, "docker-"));
  const file = join(folder, "docker");
  const { registryName, registryUrl } = host;
  const words = [process.execPath, program, registryName, registryUrl, folder];
  writeFileSync(file, `#!/bin/sh\nexec ${words.map(quoted).join(" ")} "$@"\n`);
  chmodSync(file, 0o755);
  addPath(folder);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
