import { createAdaptorServer } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import type { Hono } from "hono";
import type { Env } from "../http/env.ts";
import { createRegistry, type Registry } from "../registry/create-registry.ts";
import { startSimulator, type Simulator, type SimulatorOptions } from "../start-simulator.ts";
import { registryOfWorld } from "./registry-of-world.ts";

export interface PlatformOptions extends Omit<SimulatorOptions, "mount"> {
  /** 0, the default, takes a free one. */
  registryPort?: number;
  /** How much of the OCI specification the registry answers to; see `createRegistry`. */
  dialect?: "specification" | "ghcr";
}

/** GitHub with its container registry: what `api.github.com` and `ghcr.io` are together. */
export interface Platform extends Simulator {
  /** Stands for `https://ghcr.io`; by name, for some clients refuse token realms at an IP address. */
  registryUrl: string;
  registry: Registry;
}

export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const services: { registry?: Registry } = {};
  let registryUrl = "";
  const simulator = await startSimulator({
    ...options,
    mount(world, url) {
      services.registry = createRegistry({
        host: registryOfWorld(world, url),
        baseUrl: () => registryUrl,
        apiUrl: url,
        dialect: options.dialect ?? "ghcr",
      });
      return [services.registry.packagesApi as unknown as Hono<Env>];
    },
  });
  const { registry } = services;
  if (!registry) throw new Error("the simulator mounted no registry");

  const server = createAdaptorServer({ fetch: registry.app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.registryPort ?? 0, "127.0.0.1", resolve);
  });
  registryUrl = `http://localhost:${(server.address() as AddressInfo).port}`;

  return {
    ...simulator,
    registryUrl,
    registry,
    snapshot: () => ({ ...simulator.snapshot(), registry: registry.snapshot() }),
    restore(snapshot) {
      simulator.restore(snapshot);
      const { registry: packages } = snapshot as { registry?: ReturnType<Registry["snapshot"]> };
      if (packages) registry.restore(packages);
    },
    async close() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await simulator.close();
    },
  };
}
