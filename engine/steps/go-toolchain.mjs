import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "./find-program.mjs";
import { runProcess } from "./run-process.mjs";
import { SetupError } from "./setup-error.mjs";
import { isAtLeast, parseVersion } from "./version.mjs";

/** Since 1.21 `go` fetches the toolchain that a module asks for: https://go.dev/doc/toolchain */
const firstWithToolchains = "1.21";

/**
 * Finds a Go that builds engine/.
 *
 * @param {Pick<import("./settings.mjs").Settings, "root" | "env" | "signal">} settings
 * @returns {Promise<string>} the full path of `go`
 * @throws {SetupError} that names what is missing, as a sentence
 */
export async function findGo({ root, env, signal }) {
  const cli = join(root, "engine", "cli");
  const wanted = /^go (\S+)$/m.exec(await readFile(join(cli, "go.mod"), "utf8"))?.[1] ?? "";
  const get = `Get Go ${wanted} or newer from https://go.dev/dl.`;
  const go = await findProgram("go", env["PATH"]);
  if (go === undefined) throw new SetupError(`go is not on PATH. ${get}`);

  const options = { env: { ...env, GOWORK: "off" }, ...(signal && { signal }) };
  const local = await runProcess(go, ["version"], { ...options, cwd: root });
  const have = parseVersion(local.stdout)?.slice(0, 2).join(".") ?? "of unknown version";
  if (!isAtLeast(local.stdout, firstWithToolchains)) {
    throw new SetupError(`The Go on PATH (${go}) is ${have}, too old. ${get}`);
  }
  // Asked inside the module, an older go answers only if it has, or may fetch, a newer toolchain.
  const inside = await runProcess(go, ["version"], { ...options, cwd: cli });
  if (inside.code !== 0 || !isAtLeast(inside.stdout, wanted)) {
    const reason = inside.lines.at(-1) ?? "";
    throw new SetupError(
      `The Go on PATH (${go}) is ${have} and cannot switch to ${wanted}: ${reason}\n` +
        `  ${get} Or let it fetch that version by itself: GOTOOLCHAIN=auto.`,
    );
  }
  return go;
}
