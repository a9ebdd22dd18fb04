import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { createRegistry, type Registry, type RegistryOptions } from "./create-registry.ts";

export interface StartedRegistry extends Registry {
  /** e.g. `http://localhost:40123`; by name, because crane refuses token realms at an IP address. */
  url: string;
  close(): Promise<void>;
}

/** Serves only a registry and its packages API, on a free port of this machine. */
export async function startRegistry(
  options: Omit<RegistryOptions, "baseUrl" | "apiUrl">,
): Promise<StartedRegistry> {
  let url = "";
  const registry = createRegistry({ ...options, baseUrl: () => url, apiUrl: () => url });
  const app = new Hono().route("/", registry.app).route("/", registry.packagesApi);
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    ...registry,
    url,
    close: () =>
      new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      }),
  };
}
