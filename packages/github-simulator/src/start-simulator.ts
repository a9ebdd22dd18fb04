import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { realClock, type Clock } from "./clock.ts";
import { createApp, type RequestRecord } from "./http/app.ts";
import type { Env } from "./http/env.ts";
import { createFaults, type Faults } from "./http/faults.ts";
import { createBudget, gitHubLimits, type Limits } from "./http/rate-limits.ts";
import { plantSeed } from "./seed/plant-seed.ts";
import type { Seed } from "./seed.ts";
import { startDeliveries } from "./webhooks/start-deliveries.ts";
import type { State } from "./world/state/state.ts";
import type { World } from "./world/world.ts";

export interface SimulatorOptions {
  seed: Seed;
  /** 0, the default, takes a free one. */
  port?: number;
  clock?: Clock;
  /** Gets one line for each request; never a token. */
  log?: (line: string) => void;
  /** Values for tokens that the seed names; the others are minted. */
  tokens?: Record<string, string>;
  /** Stricter or looser limits than GitHub's. */
  limits?: Partial<Limits>;
  /** Milliseconds that the receiver of a webhook may take; 10,000 on GitHub and by default. */
  webhookTimeout?: number;
  /** Further services of the same server, made once the world and the address are known. */
  mount?: (world: World, url: string) => readonly Hono<Env>[];
}

/** All that the simulated GitHub remembered at one moment. */
export interface Snapshot {
  readonly state: State;
}

export interface Simulator {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  url: string;
  world: World;
  /** Every answered request, oldest first. */
  requests: RequestRecord[];
  faults: Faults;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  /** Resolves once no delivery of a webhook is under way. */
  deliveriesDone(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a GitHub of its own on 127.0.0.1. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const clock = options.clock ?? realClock;
  const world = plantSeed(options.seed, clock, options.tokens);
  const { faults, middleware } = createFaults(world);
  const requests: RequestRecord[] = [];

  // A client that is busy between two requests for longer than Node's 5 s would meet a reset.
  const server = createServer({ keepAliveTimeout: 60_000 });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const deliveries = startDeliveries(world, url, options.webhookTimeout);
  const app = createApp({
    world,
    url,
    budget: createBudget(clock, { ...gitHubLimits, ...options.limits }),
    faults: middleware,
    mounted: options.mount?.(world, url) ?? [],
    onRequest(record) {
      requests.push(record);
      options.log?.(
        `${record.time} ${record.status} ${record.method} ${record.path} (${record.actor})`,
      );
    },
  });
  const listener = getRequestListener((request, env) => app.fetch(request, env));
  server.on("request", (request, response) => void listener(request, response));

  return {
    url,
    world,
    requests,
    faults,
    snapshot: () => ({ state: structuredClone(world.state) }),
    restore(snapshot) {
      world.state = structuredClone(snapshot.state);
    },
    deliveriesDone: deliveries.idle,
    async close() {
      await deliveries.close();
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      });
    },
  };
}
