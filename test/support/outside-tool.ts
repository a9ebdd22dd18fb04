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
  const what = `${tool.name} ${tool.version}`;
  const folder = await cached(join("tools", what.replace(" ", "-")), tool.install).catch(
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${what} could not be installed: ${tool.hint}.\n${reason}`, { cause: error });
    },
  );
  const binary = join(folder, tool.binary);
  if (!(await isRightVersion(binary, tool))) throw new Error(`${folder} is broken: delete it`);
  return binary;
}

/**
 * A folder of the cache, filled if it does not exist yet: next to its final place, and renamed, so that an
 * interrupted run leaves nothing incomplete.
 *
 * @param name its path in the cache
 */
export async function cached(
  name: string,
  fill: (folder: string) => Promise<unknown>,
): Promise<string> {
  const base = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(base, "ghcr-fleet", name);
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    await fill(draft);
    await rename(draft, folder).catch((error: unknown) => {
      // Another run was faster.
      if (!existsSync(folder)) throw error;
    });
    return folder;
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
