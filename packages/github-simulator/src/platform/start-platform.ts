import { createAdaptorServer } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import type { Hono } from "hono";
import { createActions, type Actions } from "../actions/create-actions.ts";
import type { Env } from "../http/env.ts";
import {
  createRegistry,
  type Registry,
  type RegistrySnapshot,
} from "../registry/create-registry.ts";
import {
  startSimulator,
  type Simulator,
  type SimulatorOptions,
  type Snapshot,
} from "../start-simulator.ts";
import type { World } from "../world/world.ts";
import { actionsOfWorld } from "./actions-of-world.ts";
import { tellEvents } from "./events-of-world.ts";
import { auditPackages } from "./audit-packages.ts";
import { checksOfRuns } from "./checks-of-runs.ts";
import { registryOfWorld } from "./registry-of-world.ts";
import { tellPackages } from "./tell-packages.ts";

export interface PlatformOptions extends Omit<SimulatorOptions, "mount"> {
  /** 0, the default, takes a free one. */
  registryPort?: number;
  /** How much of the OCI specification the registry answers to; see `createRegistry`. */
  dialect?: "specification" | "ghcr";
  /** Whether pushes, releases and the like start workflows; they do by default. */
  actions?: boolean;
  /** Jobs that run at once, over all repositories. */
  concurrentJobs?: number;
  /** PATH of the steps of jobs; that of a bare machine where it is absent. */
  toolPath?: string;
  /** Variables that every job has besides GitHub's own. */
  toolVariables?: Readonly<Record<string, string>>;
}

/** What the platform remembers; runs are history, and stay what they are. */
export interface PlatformSnapshot extends Snapshot {
  readonly registry: RegistrySnapshot;
}

/** GitHub, its container registry and its runners: `api.github.com` and `ghcr.io` together. */
export interface Platform extends Omit<Simulator, "snapshot" | "restore"> {
  /** Stands for `https://ghcr.io`; by name, for some clients refuse token realms at an IP address. */
  registryUrl: string;
  registry: Registry;
  /** Without the option `actions` it hears of nothing, and its part of the API is not there. */
  actions: Actions;
  snapshot(): PlatformSnapshot;
  restore(snapshot: PlatformSnapshot): void;
}

export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const parts: { registry?: Registry; actions?: Actions } = {};
  let registryUrl = "";
  const simulator = await startSimulator({
    ...options,
    mount(world, url) {
      parts.registry = createRegistry({
        host: registryOfWorld(world, url),
        baseUrl: () => registryUrl,
        apiUrl: url,
        dialect: options.dialect ?? "ghcr",
      });
      parts.actions = mountedActions(world, url, () => registryUrl, options);
      const services = [parts.registry.packagesApi];
      if (options.actions !== false) services.push(parts.actions.api);
      return services as unknown as Hono<Env>[];
    },
  });
  const { registry, actions } = parts;
  if (!registry || !actions) throw new Error("the simulator mounted no services");
  registry.onAudited(auditPackages(simulator.world));
  registry.onPublish(tellPackages(simulator.world, registry.store, simulator.url));
  simulator.world.checksOf = checksOfRuns(actions);

  const serverOptions = { keepAliveTimeout: 60_000 };
  const server = createAdaptorServer({ fetch: registry.app.fetch, serverOptions });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.registryPort ?? 0, "127.0.0.1", resolve);
  });
  registryUrl = `http://localhost:${(server.address() as AddressInfo).port}`;

  return {
    ...simulator,
    registryUrl,
    registry,
    actions,
    snapshot: () => ({ ...simulator.snapshot(), registry: registry.snapshot() }),
    restore(snapshot) {
      simulator.restore(snapshot);
      registry.restore(snapshot.registry);
    },
    async close() {
      try {
        // Its jobs talk to both servers.
        await actions.close();
      } finally {
        await new Promise<void>((resolve) => server.close(() => resolve()));
        await simulator.close();
      }
    },
  };
}

function mountedActions(
  world: World,
  apiUrl: string,
  registryUrl: () => string,
  { log = () => undefined, actions: wanted = true, ...options }: PlatformOptions,
): Actions {
  const actions = createActions({
    host: actionsOfWorld(world, { apiUrl, registryUrl, log }),
    concurrentJobs: options.concurrentJobs,
    toolPath: options.toolPath,
    toolVariables: options.toolVariables,
  });
  if (!wanted) return actions;
  tellEvents(world, apiUrl, (event) => {
    actions.handle(event).catch((error: unknown) => {
      log(`${event.owner}/${event.repo}: the runner failed at ${event.name}: ${String(error)}`);
    });
  });
  return actions;
}
