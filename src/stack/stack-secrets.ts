import { copyFile, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { patSourceKinds, type PatSource } from "../pat/pat-source.ts";
import type { StackPlace } from "./open-stack.ts";
import { EngineError, runEngine } from "./stack-engine.ts";
import { stackFileName } from "./stack-file-name.ts";
import { UserError } from "../user-error.ts";

/**
 * Stores a secret in a stack's configuration. The value goes through standard input: process
 * arguments, which the Automation API would use, are readable for everybody on the machine.
 *
 * @param key e.g. `ghcr-fleet:pat`
 * @see https://www.pulumi.com/docs/iac/cli/commands/pulumi_config_set/
 */
export function setSecretConfig(
  place: StackPlace,
  stack: string,
  key: string,
  value: string,
): Promise<void> {
  return changeConfig(place, stack, [{ args: ["set", "--secret", key], input: value }]);
}

/**
 * Stores where a PAT is read from, in place of another source. The key stays where it is in the file, with its
 * comments.
 *
 * @param key e.g. `ghcr-fleet:patFrom`
 */
export function setPatSource(
  place: StackPlace,
  stack: string,
  key: string,
  source: PatSource,
): Promise<void> {
  const others = patSourceKinds.filter((kind) => !Object.hasOwn(source, kind));
  // Without an entry, the key would move to the end: the others are removed after the new one is there.
  return changeConfig(place, stack, [
    ...Object.entries(source).map(([kind, input]) => ({
      args: ["set", "--plaintext", "--path", `${key}.${kind}`],
      input,
    })),
    ...others.map((kind) => ({ args: ["rm", "--path", `${key}.${kind}`] })),
  ]);
}

/** Removes a key from a stack's configuration, if it is there. */
export function removeConfig(place: StackPlace, stack: string, key: string): Promise<void> {
  return changeConfig(place, stack, [{ args: ["rm", key] }]);
}

/** One call of `pulumi config`. */
interface Change {
  readonly args: readonly string[];
  readonly input?: string;
}

/**
 * The engine empties the file before it writes the new content: if it is killed then, or the disk is full,
 * the fleet and both PATs are lost. So it changes a copy, which then replaces the file.
 */
async function changeConfig(
  place: StackPlace,
  stack: string,
  changes: readonly Change[],
): Promise<void> {
  const run = async (flags: readonly string[]) => {
    for (const { args, input = "" } of changes) {
      await runConfig(place, [...args, "--stack", stack, ...flags], input);
    }
  };
  const file = await realpath(join(place.folder, stackFileName(stack))).catch(() => undefined);
  // The project may keep it elsewhere: stackConfigDir.
  if (file === undefined) return run([]);
  const fresh = join(dirname(file), `.${basename(file, ".yaml")}.${process.pid}.yaml`);
  try {
    await copyFile(file, fresh);
    await run(["--config-file", fresh]);
    await rename(fresh, file);
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(
      `${file} was not changed, because the new version could not be written: ${message}`,
    );
  } finally {
    await rm(fresh, { force: true });
  }
}

async function runConfig(
  { folder, environment }: StackPlace,
  args: readonly string[],
  input: string,
): Promise<void> {
  try {
    await runEngine(folder, environment, ["config", ...args], input);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new UserError(`pulumi config ${args[0]} failed: ${error.message.trim()}`);
  }
}
