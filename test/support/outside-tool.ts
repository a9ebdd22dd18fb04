import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A program by others that checks this project's output, in the version that tests expect. */
export interface OutsideTool {
  readonly name: string;
  readonly version: string;
  /** What prints the version; `--version` if absent. */
  readonly versionArguments?: readonly string[];
  /** The binary's path in the folder that `install` fills. */
  readonly binary: string;
  install(folder: string): Promise<unknown>;
  /** The command for a person whose machine lacks what `install` needs. */
  readonly hint: string;
}

/** The tool's binary: from PATH, else from the cache, else installed into the cache. */
export async function provide(tool: OutsideTool): Promise<string> {
  if (await isRightVersion(tool.name, tool)) return tool.name;
  const folder = join(cacheFolder(), `${tool.name}-${tool.version}`);
  const binary = join(folder, tool.binary);
  if (!existsSync(binary)) await install(tool, folder);
  if (!(await isRightVersion(binary, tool))) throw new Error(`${binary} is broken: delete it`);
  return binary;
}

/** Installs next to the final folder and renames, so that an interrupted install leaves nothing incomplete. */
async function install(tool: OutsideTool, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    await tool.install(draft);
    await rename(draft, folder).catch((error: unknown) => {
      // Another run was faster.
      if (!existsSync(folder)) throw error;
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const what = `${tool.name} ${tool.version} could not be installed`;
    throw new Error(`${what}: ${tool.hint}.\n${reason}`, { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function isRightVersion(
  binary: string,
  { version, versionArguments }: OutsideTool,
): Promise<boolean> {
  try {
    const { stdout } = await run(binary, versionArguments ?? ["--version"]);
    return stdout.includes(version);
  } catch {
    return false;
  }
}

function cacheFolder(): string {
  const base = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(base, "ghcr-fleet", "tools");
}
