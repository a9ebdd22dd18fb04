import { readdir } from "node:fs/promises";
import { engineEnvironment } from "../../../tools/engine.ts";
import { ensureEngine } from "../../../tools/ensure-engine.ts";
import { runInForeground } from "../../../tools/node.mjs";
import { whyLeaking } from "../../../tools/why-leaking.ts";
import { assertFitsEngine } from "../../stack/configuration-size.ts";
import { stackFiles } from "../../stack/file-backend/stack-files.ts";
import { stackLock } from "../../stack/file-backend/stack-lock.ts";
import { keepStateCopy } from "../../stack/file-backend/state-copies.ts";
import { UsageError, UserError } from "../../user-error.ts";
import { readStackFile } from "../check/read-stack-file.ts";

/**
 * `ghcr-fleet pulumi`: runs the engine in place of this process, with this Node.
 *
 * @throws {UsageError} the engine would write tokens in clear, or could not start the program
 * @throws {UserError} there is no engine, and none could be set up; or the state is not intact
 */
export async function runPulumi(args: readonly string[]): Promise<void> {
  const leak = whyLeaking(args, process.env);
  if (leak !== undefined) throw new UsageError(leak);
  await assertFits(args);
  await ensureEngine();
  const environment = { ...process.env, ...(await engineEnvironment()) };
  await prepareState(args, environment);
  runInForeground("pulumi", [...args], environment);
}

/** What starts the program, and so passes the configuration on to it. */
const starting = new Set(["up", "update", "preview", "pre", "watch"]);

/** What writes the state. */
const writing = new Set(["up", "update", "refresh", "destroy", "down", "import", "watch"]);

/** With these options, the project or its configuration is elsewhere, or nothing is started. */
const elsewhere = /^(?:-C|--cwd|--config-file|--remote|-h|--help)(?:=|$)/;

/**
 * Refuses to start the engine for a stack whose configuration it could not pass on to the program.
 *
 * @param args of `pulumi`; a stack that they do not name is known if the project has only one
 * @throws {UsageError} names the size and the way out
 */
async function assertFits(args: readonly string[]): Promise<void> {
  const stack = await stackOf(args, starting);
  // The engine reports everything else that is wrong with the file.
  const file = stack === undefined ? undefined : await readStackFile(stack).catch(() => undefined);
  if (file) assertFitsEngine(file.path, file.texts);
}

/**
 * Refuses to start what would write a state that a full disk has destroyed, and keeps a copy of an intact one.
 *
 * @throws {UserError} the state is incomplete, no copy of it can be kept, or an update has the stack's lock
 */
async function prepareState(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const stack = await stackOf(args, writing);
  if (stack === undefined) return;
  const files = await stackFiles({ folder: process.cwd(), environment }, stack);
  if (!files) return;
  const lock = await stackLock(files);
  if (lock) {
    throw new UserError(
      `another update of ${files.stack} has the lock, ${lock.holder}: wait until it ends. If its process has died: ghcr-fleet recover ${files.stack}`,
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
