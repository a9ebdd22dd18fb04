import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const provider = fileURLToPath(new URL("../../provider/pulumi-resource-ghcr", import.meta.url));

test("the provider lives while the engine listens, and ends soon after it was killed", async () => {
  const connections = new Set<Socket>();
  const engine = createServer((socket) => connections.add(socket.on("error", () => {})));
  engine.listen(0, "127.0.0.1");
  await once(engine, "listening");
  const { port } = engine.address() as AddressInfo;
  const child = spawn(process.execPath, [provider, `127.0.0.1:${port}`], {
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
