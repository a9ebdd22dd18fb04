import { readdir } from "node:fs/promises";
import { assertFitsEngine } from "../../stack/configuration-size.ts";
import { readStackFile } from "../check/read-stack-file.ts";

/** What starts the program, and so passes the configuration on to it. */
const starting = new Set(["up", "update", "preview", "pre", "watch"]);

/** With these, the configuration is elsewhere. */
const elsewhere = /^(?:-C|--cwd|--config-file|--remote)(?:=|$)/;

/**
 * Refuses to start the engine for a stack whose configuration it could not pass on to the program.
 *
 * @param args of `pulumi`; a stack that they do not name is known if the project has only one
 * @throws {UsageError} names the size and the way out
 */
export async function assertStartable(args: readonly string[]): Promise<void> {
  const verb = args.find((arg) => !arg.startsWith("-")) ?? "";
  if (!starting.has(verb) || args.some((arg) => elsewhere.test(arg))) return;
  const stack = namedStack(args) ?? (await onlyStack());
  if (stack === undefined) return;
  // What else is wrong with the file, the engine says in its own way.
  const file = await readStackFile(stack).catch(() => undefined);
  if (file) assertFitsEngine(file.path, file.texts);
}

function namedStack(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === "-s" || arg === "--stack");
  if (at >= 0) return args[at + 1];
  return args.find((arg) => arg.startsWith("--stack="))?.slice("--stack=".length);
}

async function onlyStack(): Promise<string | undefined> {
  const files = await readdir(".").catch(() => []);
  const stacks = files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  return stacks.length === 1 ? stacks[0] : undefined;
}
