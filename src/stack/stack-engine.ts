import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { PulumiCommand, Stack } from "@pulumi/pulumi/automation/index.js";

/** The engine, as it works on one stack of a project. */
export interface StackEngine {
  /** The stack's name. */
  readonly name: string;
  /** The project's folder. */
  readonly folder: string;
  /** Of the engine and all that it starts; variables can be added. */
  readonly environment: Record<string, string>;
  /** Runs `pulumi <args> --stack <name>`, and returns its standard output. @throws {EngineError} it failed */
  run(args: readonly string[]): Promise<string>;
  /**
   * Runs preview, up and refresh. It is loaded when it is needed, because the whole SDK comes with it, compiler and
   * all, which many verbs do not need. Never give it secret configuration: it passes values as process arguments.
   */
  automation(): Promise<Stack>;
}

/** What the engine printed on standard error when it failed; standard output may hold configuration in clear. */
export class EngineError extends Error {
  override name = "EngineError";
}

export function stackEngine(
  folder: string,
  environment: Record<string, string>,
  name: string,
): StackEngine {
  let automation: Promise<Stack> | undefined;
  return {
    name,
    folder,
    environment,
    run: (args) => runEngine(folder, environment, [...args, "--stack", name]),
    automation: () => (automation ??= loadAutomation(folder, environment, name)),
  };
}

/**
 * Runs `pulumi <args>`.
 *
 * @param input standard input
 * @returns standard output
 * @throws {EngineError} it failed
 */
export async function runEngine(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  input = "",
): Promise<string> {
  const options = { cwd: folder, env: environment, maxBuffer: Infinity };
  const running = promisify(execFile)("pulumi", [...args, "--non-interactive"], options);
  // A process that ended before it read its input reports the reason itself.
  running.child.stdin?.on("error", () => undefined).end(input);
  try {
    return (await running).stdout;
  } catch (error) {
    const { stderr, syscall } = error as { readonly stderr: string; readonly syscall?: string };
    // The program could not be started.
    throw syscall === undefined ? new EngineError(stderr) : error;
  }
}

/** Starts the engine to read its version: once for all stacks. */
let command: Promise<PulumiCommand> | undefined;

async function loadAutomation(
  folder: string,
  environment: Record<string, string>,
  name: string,
): Promise<Stack> {
  const { LocalWorkspace, PulumiCommand, Stack } =
    await import("@pulumi/pulumi/automation/index.js");
  const workspace = await LocalWorkspace.create({
    workDir: folder,
    pulumiCommand: await (command ??= PulumiCommand.get()),
  });
  workspace.envVars = environment;
  // The Automation API selects each stack that it opens, also for people who work in the folder. That
  // is not needed: it names the stack in each call.
  workspace.selectStack = async () => {};
  // After an update or a refresh, it starts the engine up to three more times, for outputs and history with secrets in
  // clear. They are not used here: events report what was done.
  const unasked = { outputs: async () => ({}), info: async () => undefined };
  return Object.assign(await Stack.select(name, workspace), unasked);
}
