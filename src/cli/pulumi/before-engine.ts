import { readdir } from "node:fs/promises";
import { assertFitsEngine } from "../../stack/configuration-size.ts";
import { stackFiles } from "../../stack/file-backend/stack-files.ts";
import { stackLock } from "../../stack/file-backend/stack-lock.ts";
import { keepStateCopy } from "../../stack/file-backend/state-copies.ts";
import { readStackFile } from "../check/read-stack-file.ts";
import { UserError } from "../../user-error.ts";

/** What starts the program, and so passes the configuration on to it. */
const starting = new Set(["up", "update", "preview", "pre", "watch"]);

/** What writes the state. */
const writing = new Set(["up", "update", "refresh", "destroy", "down", "import", "watch"]);

/** With these, the project or its configuration is elsewhere; or nothing is started. */
const elsewhere = /^(?:-C|--cwd|--config-file|--remote|-h|--help)(?:=|$)/;

/**
 * Refuses to start the engine for a stack whose configuration it could not pass on to the program.
 *
 * @param args of `pulumi`; a stack that they do not name is known if the project has only one
 * @throws {UsageError} names the size and the way out
 */
export async function assertFits(args: readonly string[]): Promise<void> {
  const stack = await stackOf(args, starting);
  // What else is wrong with the file, the engine says in its own way.
  const file = stack === undefined ? undefined : await readStackFile(stack).catch(() => undefined);
  if (file) assertFitsEngine(file.path, file.texts);
}

/**
 * Refuses to start what would write a state that a full disk has destroyed, and keeps a copy of an intact one.
 *
 * @throws {UserError} the state is incomplete, no copy of it can be kept, or an update has the stack's lock
 */
export async function prepareState(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const stack = await stackOf(args, writing);
  if (stack === undefined) return;
  const files = await stackFiles({ folder: process.cwd(), environment }, stack);
  if (!files) return;
  const holder = await stackLock(files);
  if (holder !== undefined) {
    throw new UserError(
      `another update of ${files.stack} has the lock, ${holder}: wait until it ends. If its process has died: ghcr-fleet recover ${files.stack}`,
    );
  }
  await keepStateCopy(files);
}

/** The stack of a command, if it is one of these verbs and its stack is known. */
async function stackOf(
  args: readonly string[],
  verbs: ReadonlySet<string>,
): Promise<string | undefined> {
  const verb = args.find((arg) => !arg.startsWith("-")) ?? "";
  if (!verbs.has(verb) || args.some((arg) => elsewhere.test(arg))) return undefined;
  return namedStack(args) ?? onlyStack();
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
