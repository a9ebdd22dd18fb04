import { anonymous } from "./world/actor.ts";
import type { View } from "./serializers/view.ts";
import { createAdaptorServer } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import type { Hono } from "hono";
import type { ActionsEvent } from "./actions/host/actions-event.ts";
import { createActions, type Actions } from "./actions/create-actions.ts";
import { canIsolate } from "./actions/step/run-process.ts";
import { realClock } from "./clock.ts";
import { withControl } from "./control.ts";
import { createApi } from "./create-api.ts";
import type { Env } from "./http/env.ts";
import { createFaults } from "./http/faults.ts";
import { createBudget, gitHubLimits } from "./http/rate-limits.ts";
import { actionsOfWorld, type ActionsPlace } from "./platform/actions-of-world.ts";
import { checksOfRuns } from "./platform/checks-of-runs.ts";
import { reportToActions } from "./platform/events-of-world.ts";
import { startSchedule } from "./platform/start-schedule.ts";
import { reportPackages } from "./platform/report-packages.ts";
import { createRegistry } from "./registry/create-registry.ts";
import { createRequestLog } from "./request-log.ts";
import { parseSeed } from "./seed.ts";
import { plantSeed } from "./seed/plant-seed.ts";
import { registryNames, type Simulator, type SimulatorOptions } from "./simulator.ts";
import { startDeliveries } from "./webhooks/start-deliveries.ts";
import { byHand } from "./by-hand.ts";
import { startAutoMerges } from "./world/discussions/auto-merge.ts";
import type { World } from "./world/world.ts";

/**
 * Starts a simulated GitHub, with registry and runners, on the loopback interface. Scripts of
 * pushed workflows are executed on this machine, with the rights of this process.
 *
 * @throws {SeedError} the seed does not describe an organisation
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { ports = {}, clock = realClock, log = () => undefined } = options;
  const world = plantSeed(parseSeed(options.seed), clock, options.tokens);
  const requests = createRequestLog(options.keptRequests ?? 1000);
  requests.onRequest(({ time, status, method, path, actor }) => {
    log(`${time} ${status} ${method} ${path} (${actor})`);
  });
  const { faults, middleware } = createFaults(world);
  const injectFaults = () => {
    for (const { match, effect } of options.faults ?? []) faults.inject(match, effect);
  };
  injectFaults();
  const budget = createBudget(clock, { ...gitHubLimits, ...options.limits });
  const scripts = await scriptsOf(options);

  const api = await listen(ports.api);
  const ghcr = await listen(ports.registry).catch(async (error: unknown) => {
    await api.close();
    throw error;
  });
  const url = `http://127.0.0.1:${api.port}`;
  const registryUrl = `http://localhost:${ghcr.port}`;

  const { host = "github.com" } = options;
  const isServer = host === "enterprise-server";
  const apiUrl = isServer ? `${url}/api/v3` : url;
  const registryName = registryNames[host];
  const serverUrl = isServer ? url : "https://github.com";

  const view: View = { world, api: apiUrl, actor: anonymous };
  const registry = createRegistry({
    world,
    name: registryName,
    baseUrl: registryUrl,
    webUrl: serverUrl,
    dialect: options.dialect ?? "ghcr",
  });
  registry.onPublish(reportPackages(view, registry.store));
  const place = { serverUrl, registryName, registryUrl };
  const { actions, endSchedule } = startActions(view, place, options);
  world.checksOf = checksOfRuns(actions);
  startAutoMerges(world);
  const deliveries = startDeliveries(view, options.webhookTimeout);

  const services = [registry.packagesApi, ...(options.actions === false ? [] : [actions.api])];
  const mounted = services as unknown as Hono<Env>[];
  const onRequest = requests.add;
  const app = createApi({ world, url, isServer, budget, faults: middleware, mounted, onRequest });
  const start = { tokens: tokensOf(world), keys: keysOf(world), registry: registry.snapshot() };

  const simulator: Simulator = {
    url,
    registryName,
    registryUrl,
    get tokens() {
      return tokensOf(world);
    },
    clock,
    scripts,
    byHand: (login) => byHand(world, login),
    faults,
    requests: requests.kept,
    onRequest: requests.onRequest,
    world,
    registry,
    actions,
    snapshot: () => ({ state: structuredClone(world.state), registry: registry.snapshot() }),
    restore(snapshot) {
      world.state = structuredClone(snapshot.state);
      registry.restore(snapshot.registry);
    },
    async reset() {
      await actions.reset();
      await deliveries.idle();
      world.state = plantSeed(parseSeed(options.seed), clock, start.tokens, start.keys).state;
      registry.restore(start.registry);
      faults.clear();
      injectFaults();
      budget.reset();
      requests.clear();
    },
    deliveriesDone: deliveries.idle,
    async close() {
      endSchedule();
      try {
        // Its jobs use both servers.
        await actions.close();
      } finally {
        await deliveries.close();
        await Promise.all([ghcr.close(), api.close()]);
      }
    },
  };
  api.serve(
    options.controlKey === undefined ? app : withControl(app, simulator, options.controlKey),
  );
  ghcr.serve(registry.app);
  return simulator;
}

/** Values of the tokens, by name; without those of jobs. */
function tokensOf(world: World): Record<string, string> {
  const named = [...world.state.tokens.values()].filter(({ kind }) => kind !== "job");
  return Object.fromEntries(named.map(({ name, value }) => [name, value]));
}

function keysOf({ state }: World): Record<string, string> {
  return Object.fromEntries(
    [...state.apps.values()].map(({ slug, privateKey }) => [slug, privateKey]),
  );
}

async function scriptsOf({ actions, scripts }: SimulatorOptions): Promise<Simulator["scripts"]> {
  if (actions === false || scripts === false) return "off";
  return (await canIsolate()) ? "isolated" : "shared";
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the services have different contexts
type Service = Pick<Hono<any>, "fetch">;

/** Reserves a port of the loopback interface, for a service that needs to know it first. */
async function listen(port = 0) {
  let service: Service | undefined;
  const server = createAdaptorServer({
    fetch: (request, env) => service?.fetch(request, env) ?? new Response(null, { status: 503 }),
    // A client that pauses longer than Node's 5 s between two requests would get a connection reset.
    serverOptions: { keepAliveTimeout: 60_000 },
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    serve(app: Service) {
      service = app;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}

function startActions(
  view: View,
  place: Omit<ActionsPlace, "log">,
  options: SimulatorOptions,
): { actions: Actions; endSchedule: () => void } {
  const { log = () => undefined } = options;
  const actions = createActions({
    host: actionsOfWorld(view, { ...place, log }),
    concurrentJobs: options.concurrentJobs,
    scripts: options.scripts,
    toolPath: options.toolPath,
    toolVariables: options.toolVariables,
  });
  if (options.actions === false) return { actions, endSchedule: () => undefined };
  const handle = (event: ActionsEvent) => {
    actions.handle(event).catch((error: unknown) => {
      log(`${event.owner}/${event.repo}: the runner failed at ${event.name}: ${String(error)}`);
    });
  };
  reportToActions(view, handle);
  return { actions, endSchedule: startSchedule(view, handle) };
}
