import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { provide, type OutsideTool } from "../../support/outside-tool.ts";

const run = promisify(execFile);

/** https://github.com/rhysd/actionlint */
const actionlint: OutsideTool = {
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
const zizmor: OutsideTool = {
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
  // shellcheck and pyflakes would run only on machines that have them.
  const options = ["-shellcheck=", "-pyflakes=", "-oneline", "-no-color"];
  const { stdout, stderr, code } = await outcome(await provide(actionlint), [...options, ...files]);
  if (code > 1) throw new Error(`actionlint failed: ${stderr}`);
  return stdout.split("\n").filter((line) => line !== "");
}

/** Findings of zizmor in these files, each as `<rule> in <file>`. */
export async function zizmorFindings(files: readonly string[]): Promise<string[]> {
  const options = ["--offline", "--strict-collection", "--persona=pedantic", "--format=json-v1"];
  const { stdout, stderr, code } = await outcome(await provide(zizmor), [...options, ...files]);
  // 11 to 14 are the severity of the findings: https://docs.zizmor.sh/usage/#exit-codes
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
