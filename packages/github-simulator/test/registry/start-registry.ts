import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import {
  createRegistry,
  type Registry,
  type RegistryOptions,
} from "../../src/registry/create-registry.ts";

export interface StartedRegistry extends Registry {
  /** e.g. `http://localhost:40123`; by name, because crane refuses token realms at an IP address. */
  url: string;
  close(): Promise<void>;
}

/** Serves only a registry, on a free port of this machine. */
export async function startRegistry(
  options: Omit<RegistryOptions, "baseUrl">,
): Promise<StartedRegistry> {
  let serve: Registry["app"]["fetch"] = () => new Response(null, { status: 503 });
  const server = createAdaptorServer({ fetch: (request) => serve(request) });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const registry = createRegistry({ ...options, baseUrl: url });
  serve = registry.app.fetch;
  return {
    ...registry,
    url,
    close: () =>
      new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      }),
  };
}
