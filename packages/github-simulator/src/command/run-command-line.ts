import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { SeedError } from "../seed.ts";
import type { Simulator, SimulatorOptions } from "../simulator.ts";
import { startSimulator } from "../start-simulator.ts";
import { OptionError } from "./option-error.ts";
import { help, readOptions } from "./read-options.ts";

export interface CommandLine {
  /** How the command is called, for its help and its errors. */
  name: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  print: (line: string) => void;
  /** Receives errors, and one line for each request and each run of a workflow that ends. */
  log: (line: string) => void;
}

/**
 * Serves the simulated GitHub, its registry and its runners until SIGINT or SIGTERM. Token values are
 * neither printed nor written to a file, where steps of workflows could read them: only the API returns
 * them, to clients with the control key.
 *
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function runCommandLine(line: CommandLine): Promise<number> {
  const { name, args, env, print, log } = line;
  try {
    const options = await readOptions(args);
    if (options === undefined) {
      print(`Usage: ${name} [options]\n\n${help}`);
      return 0;
    }
    const chosenKey = env["GITHUB_SIMULATOR_KEY"] ?? "";
    const controlKey = chosenKey || randomBytes(24).toString("base64url");
    const stop = untilStopped();
    const simulator = await startSimulator({ ...options, controlKey, log });
    introduce(simulator, options, chosenKey === "" ? controlKey : undefined, print);
    await stop;
    await simulator.close();
    return 0;
  } catch (error) {
    if (error instanceof OptionError || error instanceof SeedError) {
      log(error.message);
      if (error instanceof OptionError) log(`(see ${name} --help)`);
      return 2;
    }
    const { code, port } = error as NodeJS.ErrnoException & { port?: number };
    if (code !== "EADDRINUSE") throw error;
    log(`port ${port} is in use: stop the program that listens there, or use 0 for a free one`);
    return 1;
  }
}

async function untilStopped(): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  await Promise.race(["SIGINT", "SIGTERM"].map((name) => once(process, name, { signal })));
  waiting.abort();
}

const howScriptsRun = {
  isolated: "are executed on this machine with your rights; they see no other process",
  shared:
    "are executed on this machine with your rights, and this system does not isolate them: they can read " +
    "what you can, such as the environment of this process; --scripts off disables them",
  off: "are not executed",
} as const;

function introduce(
  { url, registryName, registryUrl, world, scripts }: Simulator,
  { seed, host }: SimulatorOptions,
  printedKey: string | undefined,
  print: (line: string) => void,
): void {
  const owner = seed.organisation.login;
  print(`The simulated GitHub is at ${url}, with the organisation ${owner}.`);
  if (host === "enterprise-server")
    print(`It is an Enterprise Server: its API is at ${url}/api/v3 only, as in github:baseUrl.`);
  print(`git can clone from and push to ${url}/${owner}/<repository>.git.`);
  print(`Its registry, for https://${registryName}, is at ${registryUrl}.`);
  print(`\`run:\` steps of pushed workflows ${howScriptsRun[scripts]}.`);
  print(
    printedKey === undefined
      ? "Its control key is the value of GITHUB_SIMULATOR_KEY."
      : `Its control key is ${printedKey}`,
  );
  print("Tokens; get their values with the key:");
  print(`  curl -H "Authorization: Bearer $key" ${url}/_simulator/tokens/<name>`);
  for (const token of world.state.tokens.values()) {
    const rights = token.kind === "classic" ? token.scopes.join(", ") : token.kind;
    const end = token.expiresAt === null ? "never expires" : `until ${token.expiresAt}`;
    print(`  ${token.name}: ${token.owner}, ${rights}, ${end}`);
  }
  print("Press Ctrl-C to stop.");
}
