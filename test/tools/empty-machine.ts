import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A cache, a home of Pulumi and a PATH of their own; only the programs that a test adds exist. */
export interface EmptyMachine {
  cache: string;
  /** The only folder on PATH. */
  programs: string;
  env: NodeJS.ProcessEnv;
  /** Writes a shell script into `programs`, or another folder; each call of it is recorded. */
  addProgram(name: string, script: string, folder?: string): Promise<void>;
  /** Calls so far, oldest first, such as `go build`. */
  calls(): Promise<string[]>;
}

export async function createEmptyMachine(): Promise<EmptyMachine> {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-machine-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [cache, programs] = [join(folder, "cache"), join(folder, "programs")];
  const log = join(folder, "calls");
  return {
    cache,
    programs,
    env: {
      PATH: programs,
      GHCR_FLEET_CACHE: cache,
      PULUMI_HOME: join(folder, "pulumi"),
    },
    async addProgram(name, script, target = programs) {
      await mkdir(target, { recursive: true });
      const record = `PATH=/usr/bin:/bin\necho "${name} $1" >> "${log}"`;
      await writeFile(join(target, name), `#!/bin/sh\n${record}\n${script}\n`);
      await chmod(join(target, name), 0o755);
    },
    calls: async () =>
      (await readFile(log, "utf8").catch(() => "")).split("\n").filter((line) => line !== ""),
  };
}

/** No vendor is reached, wherever the tests run. */
export const noNetwork = () => Promise.reject(new TypeError("fetch failed"));

/** A `go` that builds shell scripts; `onBuild` runs before. */
export function fakeGo(onBuild = ""): string {
  return `
[ "$1" = list ] && echo a && exit
${onBuild}
while [ $# -gt 0 ]; do [ "$1" = -o ] && out="$2"; shift; done
mkdir -p "$out"
for name in pulumi pulumi-language-nodejs pulumi-resource-github pulumi-resource-random; do
  echo "$name" > "$out$name" && chmod +x "$out$name"
done`;
}
