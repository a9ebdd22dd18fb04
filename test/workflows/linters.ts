import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

type Linter = {
  readonly name: string;
  readonly version: string;
  /** Where the binary lies below the folder that `install` fills. */
  readonly binary: string;
  install(folder: string): Promise<unknown>;
  /** The command for a person whose machine lacks what `install` needs. */
  readonly hint: string;
};

/** https://github.com/rhysd/actionlint */
const actionlint: Linter = {
  name: "actionlint",
  version: "1.7.12",
  binary: "actionlint",
  hint: "install Go 1.25 or newer, or put actionlint 1.7.12 on PATH",
  install: (folder) =>
    run("go", ["install", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"], {
      env: { ...process.env, GOBIN: folder },
    }),
};

/** https://docs.zizmor.sh */
const zizmor: Linter = {
  name: "zizmor",
  version: "1.32.0",
  binary: "bin/zizmor",
  hint: "install Python 3 with its venv module, or put zizmor 1.32.0 on PATH (pipx install zizmor==1.32.0)",
  install: async (folder) => {
    await run("python3", ["-m", "venv", folder]);
    await run(join(folder, "bin/python3"), ["-m", "pip", "install", "--quiet", "zizmor==1.32.0"]);
  },
};

/** Findings of actionlint in these files, one line each. */
export async function actionlintFindings(files: readonly string[]): Promise<string[]> {
  // shellcheck and pyflakes would join in only on machines that have them.
  const options = ["-shellcheck=", "-pyflakes=", "-oneline", "-no-color"];
  const { stdout, stderr, code } = await outcome(await provide(actionlint), [...options, ...files]);
  if (code > 1) throw new Error(`actionlint failed: ${stderr}`);
  return stdout.split("\n").filter((line) => line !== "");
}

/** Findings of zizmor in these files, each as `<rule> in <file>`. */
export async function zizmorFindings(files: readonly string[]): Promise<string[]> {
  const options = ["--offline", "--strict-collection", "--persona=pedantic", "--format=json-v1"];
  const { stdout, stderr, code } = await outcome(await provide(zizmor), [...options, ...files]);
  // 11 to 14 say how grave the findings are: https://docs.zizmor.sh/usage/#exit-codes
  if (code !== 0 && code < 11) throw new Error(`zizmor failed: ${stderr}`);
  const findings = JSON.parse(stdout) as { ident: string; ignored: boolean; locations: unknown }[];
  return findings
    .filter(({ ignored }) => !ignored)
    .map(({ ident, locations }) => `${ident} in ${JSON.stringify(locations)}`);
}

async function outcome(binary: string, args: string[]) {
  try {
    return { ...(await run(binary, args, { maxBuffer: 64 * 1024 * 1024 })), code: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: unknown };
    if (typeof code !== "number") throw error;
    return { stdout, stderr, code };
  }
}

/** The linter's binary: from PATH, else from the cache, else installed into the cache. */
async function provide(linter: Linter): Promise<string> {
  if (await isRightVersion(linter.name, linter)) return linter.name;
  const folder = join(cacheFolder(), `${linter.name}-${linter.version}`);
  const binary = join(folder, linter.binary);
  if (!existsSync(binary)) await install(linter, folder);
  if (!(await isRightVersion(binary, linter))) throw new Error(`${binary} is broken: delete it`);
  return binary;
}

/** Installs beside the final folder and renames, so an interrupted install leaves nothing half done. */
async function install(linter: Linter, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    await linter.install(draft);
    await rename(draft, folder).catch((error: unknown) => {
      // Another run was faster.
      if (!existsSync(folder)) throw error;
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const what = `${linter.name} ${linter.version} could not be installed`;
    throw new Error(`${what}: ${linter.hint}.\n${reason}`, { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function isRightVersion(binary: string, { version }: Linter): Promise<boolean> {
  try {
    const { stdout } = await run(binary, ["--version"]);
    return stdout.includes(version);
  } catch {
    return false;
  }
}

function cacheFolder(): string {
  const base = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(base, "ghcr-fleet", "linters");
}
