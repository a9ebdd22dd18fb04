import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The prefix of a command line, so that a program neither sees nor reaches other processes of this
 * machine through /proc: neither the environment nor the memory of the simulator. The first `unshare`
 * makes the process namespace and mounts its /proc; the second one makes the program an unprivileged
 * user again, which cannot unmount it. The program keeps its user id, its files and its network.
 * https://man7.org/linux/man-pages/man7/user_namespaces.7.html
 */
function namespaces(unshare: string): string[] {
  const outer = ["--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const inner = ["--user", `--map-user=${process.getuid?.()}`, `--map-group=${process.getgid?.()}`];
  return [unshare, ...outer, "--", unshare, ...inner, "--"];
}

let found: Promise<readonly string[] | undefined> | undefined;

/** Whether this system can isolate programs: where user namespaces are open to all. Checked once. */
export async function canIsolate(): Promise<boolean> {
  return (await findNamespaces()) !== undefined;
}

function findNamespaces(): Promise<readonly string[] | undefined> {
  return (found ??= tryNamespaces());
}

async function tryNamespaces(): Promise<readonly string[] | undefined> {
  // By absolute path, not from PATH: steps may put programs of that name there.
  const unshare = ["/usr/bin/unshare", "/bin/unshare", "/run/current-system/sw/bin/unshare"].find(
    (each) => existsSync(each),
  );
  if (process.platform !== "linux" || unshare === undefined) return undefined;
  const [command = "", ...args] = namespaces(unshare);
  return new Promise((settle) => {
    // The shell is the first process of its namespace, else it was not isolated.
    execFile(command, [...args, "/bin/sh", "-c", "echo $$"], { env: {} }, (error, stdout) =>
      settle(error === null && stdout === "1\n" ? [command, ...args] : undefined),
    );
  });
}

/** The same program, in its own namespaces if the system allows it. */
async function isolateProgram(program: Program, folder: string): Promise<Program> {
  const prefix = await findNamespaces();
  if (prefix === undefined) return program;
  assertExists(program, folder);
  const [command = "", ...args] = prefix;
  const { script, env } = handOver(program.env);
  return {
    command,
    args: [...args, "/bin/sh", "-c", script, "sh", program.command, ...program.args],
    env,
  };
}

/** Readonly in some shells. */
const readonlyNames = /^(UID|EUID|PPID|SHELLOPTS|BASHOPTS|BASH_VERSINFO)$/;

/**
 * Passes variables to a program under other names, because some of them, such as LD_PRELOAD, would
 * run code of a step before it is isolated. The shell stays the parent of the program: the first process
 * of a namespace ignores signals that it has no handler for, and its end ends all others.
 */
function handOver(variables: Readonly<Record<string, string>>): {
  script: string;
  env: Record<string, string>;
} {
  const entries = Object.entries(variables).map(([name, value], at) => ({
    key: `simulator_step_${at}`,
    text: `${name}=${value}`,
    exports: /^[A-Za-z_]\w*$/.test(name) && !readonlyNames.test(name),
  }));
  const quoted = (which: typeof entries) => which.map(({ key }) => ` "$${key}"`).join("");
  const exported = entries.filter((each) => each.exports);
  const others = entries.filter((each) => !each.exports);
  const lines = [
    ...(exported.length > 0 ? [`export${quoted(exported)}`] : []),
    ...(others.length > 0 ? [`set -- /usr/bin/env${quoted(others)} "$@"`] : []),
    ...(entries.length > 0 ? [`unset${entries.map(({ key }) => ` ${key}`).join("")}`] : []),
    '"$@"',
    "exit $?",
  ];
  return {
    script: lines.join("\n"),
    env: Object.fromEntries(entries.map(({ key, text }) => [key, text])),
  };
}

/** @throws Error with the code ENOENT, as `spawn` has it */
function assertExists({ command, env }: Program, folder: string): void {
  const places = command.includes("/")
    ? [resolve(folder, command)]
    : (env["PATH"] ?? "").split(":").map((each) => join(resolve(folder, each), command));
  if (places.some((place) => existsSync(place))) return;
  throw Object.assign(new Error(`${command}: command not found`), { code: "ENOENT" });
}

interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** The whole environment: nothing of this process's own is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the process and its children; has no effect if it is already aborted. */
  readonly signal: AbortSignal;
  onLine(line: string): void;
}

/**
 * Runs a program to its end, with standard output and standard error line by line.
 * @returns the exit code; 128 + n if signal n ended it
 */
export async function runProcess(request: ProcessRequest): Promise<number> {
  const { folder, signal } = request;
  const cancellable = !request.signal.aborted;
  const { command, args, env } = await isolateProgram(request, folder);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      // An own process group, so that children of a script end with it.
      detached: true,
    });
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group is gone already.
      }
    };
    if (cancellable && signal.aborted) end();
    else if (cancellable) signal.addEventListener("abort", end, { once: true });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream, crlfDelay: Infinity }).on("line", (line) => {
        request.onLine(line);
      });
    }
    child.once("error", reject);
    // Otherwise, what a script leaves in the background would keep the pipes open forever.
    child.once("exit", end);
    child.once("close", (code) => {
      signal.removeEventListener("abort", end);
      resolve(code ?? 137);
    });
  });
}
