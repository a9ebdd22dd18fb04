import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A running program that serves on this machine only. */
export interface Server {
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Whose process it is, where root starts it; default: this process's user. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Whether it answers. */
  readonly isReady: () => Promise<boolean>;
}

/** Ends the program when standard input ends: by `close`, and when this process is killed. */
const ending = '"$@" </dev/null & cat >/dev/null; kill -INT $!; wait $!';

/** Starts a program and waits until it answers. */
export async function startServer(
  command: string,
  args: readonly string[],
  { env, user, isReady }: ServerOptions,
): Promise<Server> {
  const child = spawn("sh", ["-c", ending, "sh", command, ...args], {
    cwd: "/",
    env: { ...process.env, ...env },
    ...user,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const close = async () => {
    child.stdin.end();
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  };
  const until = Date.now() + 60_000;
  while (!(await isReady())) {
    if (Date.now() > until) {
      await close();
      throw new Error(`${command} does not answer: ${output}`);
    }
    await sleep(100);
  }
  return { close };
}

/** A port of this machine that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
