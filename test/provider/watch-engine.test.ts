import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { isRunning } from "../../src/is-running.ts";

const provider = fileURLToPath(new URL("../../provider/pulumi-resource-ghcr", import.meta.url));

test("the provider lives while the engine listens, and ends soon after it was killed", async () => {
  const connections = new Set<Socket>();
  const engine = createServer((socket) => connections.add(socket.on("error", () => {})));
  engine.listen(0, "127.0.0.1");
  await once(engine, "listening");
  const { port } = engine.address() as AddressInfo;
  const child = spawn(provider, [`127.0.0.1:${port}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");

  // An engine drops connections on which nobody speaks its protocol.
  const [first] = connections.size > 0 ? connections : await once(engine, "connection");
  first.destroy();
  await once(engine, "connection");
  expect(child.exitCode).toBeNull();

  engine.close();
  for (const socket of connections) socket.destroy();
  const [code] = (await once(child, "exit", { signal: AbortSignal.timeout(10_000) })) as [number];
  expect(code).toBe(1);
});

test("the provider, also by a symbolic link, keeps its compiled code apart from what the SDK's runner compiles with other flags", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-test-"));
  await symlink(provider, join(folder, "link"));
  const compiled = join(folder, "compiled");
  // Without a folder in its name, as a shell starts it in that folder.
  const child = spawn("sh", ["link", "127.0.0.1:9"], {
    cwd: folder,
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), ended]);
  child.kill("SIGTERM");
  await ended;
  expect(await readdir(compiled)).toEqual(["provider"]);
  await rm(folder, { recursive: true });
});

test("with a killed engine end the plugins of others that it started, and nothing else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-plugins-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const plugin = join(folder, "pulumi-resource-other");
  await writeFile(plugin, "setInterval(() => {}, 1000);");
  // An engine that starts the provider, and others after it.
  const engine = spawn(process.execPath, ["-e", starting], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PLUGIN: plugin, PROVIDER: provider },
  });
  onTestFinished(() => void engine.kill("SIGKILL"));
  const [line] = (await once(engine.stdout, "data")) as [Buffer];
  const { address, pids } = JSON.parse(line.toString()) as Started;
  const child = spawn(process.execPath, [plugin, address], { stdio: "ignore" });
  await once(child, "spawn");
  const others = [pids.other!, pids.program!];
  onTestFinished(() => {
    for (const pid of others.filter(isRunning)) process.kill(pid, "SIGKILL");
    child.kill("SIGKILL");
  });
  expect(Object.values(pids).filter(isRunning)).toHaveLength(4);

  engine.kill("SIGKILL");
  await vi.waitFor(
    () => expect([pids.provider!, pids.plugin!].filter(isRunning)).toEqual([]),
    10_000,
  );
  // The plugin of another engine, a program that is no plugin, and a plugin with a living parent.
  expect([...others, child.pid!].filter(isRunning)).toHaveLength(3);
});

interface Started {
  readonly address: string;
  readonly pids: Readonly<Record<string, number>>;
}

const starting = `
  const { spawn } = require("node:child_process");
  const { PLUGIN, PROVIDER } = process.env;
  const server = require("node:net").createServer((socket) => socket.on("error", () => {}));
  server.listen(0, "127.0.0.1", () => {
    const address = "127.0.0.1:" + server.address().port;
    const stdio = ["ignore", "pipe", "ignore"];
    const start = (args) => spawn(process.execPath, args, { stdio });
    const provider = spawn(PROVIDER, [address], { stdio });
    const pids = {
      provider: provider.pid,
      plugin: start([PLUGIN, address]).pid,
      other: start([PLUGIN, "127.0.0.1:1"]).pid,
      program: start(["-e", "setInterval(() => {}, 1000)", address]).pid,
    };
    provider.stdout.once("data", () => process.stdout.write(JSON.stringify({ address, pids })));
  });
`;
