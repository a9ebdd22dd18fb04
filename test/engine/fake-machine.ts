import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { createProgress } from "../../engine/steps/progress.mjs";
import type { Settings } from "../../engine/steps/settings.mjs";

/** A checkout, a cache and a PATH of their own; only the programs that a test puts there exist. */
export interface FakeMachine {
  settings: Settings;
  /** Writes a shell script into the only folder on PATH; every call of it is recorded. */
  addProgram(name: string, script: string): Promise<void>;
  /** Calls so far, oldest first, such as `go version`. */
  calls(): Promise<string[]>;
  write(path: string, text: string): Promise<void>;
  /** What was shown to the person, without durations. */
  shown(): string;
}

/** The engine's version in the fake checkout. */
export const wantedVersion = "3.259.0";

export async function createFakeMachine(): Promise<FakeMachine> {
  const folder = await mkdtemp(join(tmpdir(), "fake-machine-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [root, cache, programs] = [
    join(folder, "root"),
    join(folder, "cache"),
    join(folder, "bin"),
  ];
  const log = join(folder, "calls");
  await mkdir(programs);
  let shown = "";
  const machine: FakeMachine = {
    settings: {
      root,
      cache,
      env: { PATH: programs },
      installer: "http://127.0.0.1:2/install.sh", // a port where nobody listens
      verbose: false,
      progress: createProgress({ write: (text) => (shown += text) }),
    },
    async addProgram(name, script) {
      const file = join(programs, name);
      const record = `PATH=/usr/bin:/bin\necho "${name} $*" >> "${log}"`;
      await writeFile(file, `#!/bin/sh\n${record}\n${script}\n`);
      await chmod(file, 0o755);
    },
    calls: async () =>
      (await readFile(log, "utf8").catch(() => "")).split("\n").filter((line) => line !== ""),
    async write(path, text) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    },
    shown: () => shown.replaceAll(/ \([\d.]+ s\)/g, ""),
  };
  await machine.write(
    "engine/cli/go.mod",
    `go 1.26\n\nrequire github.com/pulumi/pulumi/pkg/v3 v${wantedVersion}\n`,
  );
  await machine.write("engine/cli/go.sum", "");
  await machine.write(
    "engine/plugins/cmd/pulumi-resource-random/main.go",
    'package main\n\nconst version = "4.21.2"\n',
  );
  return machine;
}

/** A `pulumi` that installs plugins by copying them, as the real one does. */
export function fakePulumi(version: string): string {
  return `
case "$1" in
  version) echo "v${version}" ;;
  plugin)
    folder="$PULUMI_HOME/plugins/resource-$4-$5"
    mkdir -p "$folder" "$PULUMI_HOME/logs" && cp "$7" "$folder/" ;;
esac`;
}

/** What the engine's build changes in it; its folder is `$meter`. */
const passwordMeter = String.raw`
      meter="$(dirname "$0")/meter"
      mkdir -p "$meter/frequency" "$meter/matching"
      printf 'package frequency\n\nfunc init() {\n}\n' > "$meter/frequency/frequency.go"
      printf 'package matching\n\nfunc init() {\n\tloadFrequencyList()\n}\n\nfunc loadFrequencyList() {\n}\n' > "$meter/matching/matching.go"
`;

/** A `go` whose builds write fake programs; `onBuild` runs before each. */
export function fakeGo({ version = "1.26.1", onBuild = "" } = {}): string {
  return `
case "$1" in
  version) echo "go version go${version} linux/amd64" ;;
  list)
    echo "go: downloading example.com/a v1.0.0" >&2
    case "$*" in
      *"-m -f"*) ${passwordMeter} echo "$meter" ;;
      *) echo a; echo b ;;
    esac ;;
  build)
    ${onBuild}
    while [ $# -gt 0 ]; do [ "$1" = -o ] && out="$2"; shift; done
    case "$out" in
      */) echo host > "\${out}pulumi-language-nodejs"; echo random > "\${out}pulumi-resource-random" ;;
      *) cat > "$out" <<'END'
#!/bin/sh
PATH=/usr/bin:/bin
${fakePulumi(wantedVersion)}
END
        chmod +x "$out" ;;
    esac ;;
esac`;
}
