import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { SeedInput, SimulatorOptions } from "github-simulator";
import { countApi, noRequests, startProxy, type Requests } from "./counting-proxy.ts";
import type { EndState } from "./simulator.ts";

export interface SimulatedGitHub {
  readonly url: string;
  readonly registryUrl: string;
  readonly tokens: Readonly<Record<string, string>>;
  /** The simulator's process. */
  readonly pid: number;
  /** The requests since the last call. */
  takeRequests(): Requests;
  /** Milliseconds since the last call in which the simulator's API had something to answer. */
  takeAnswering(): number;
  endState(): Promise<EndState>;
  close(): Promise<void>;
}

export interface GitHubOptions {
  readonly seed: SeedInput;
  /** Milliseconds that each request waits. */
  readonly latency: number;
  /** Whether requests are refused as GitHub's published limits say. */
  readonly limits: boolean;
}

const unlimited = 1_000_000_000;
const noLimits = {
  primary: unlimited,
  restPointsPerMinute: unlimited,
  graphqlPointsPerMinute: unlimited,
  contentPerMinute: unlimited,
  contentPerHour: unlimited,
};

/**
 * The simulator in a process of its own, behind proxies that count and delay. Commits start no runs
 * of workflows: the simulator executes them on the same machine, and would be what is measured.
 */
export async function startGitHub({
  seed,
  latency,
  limits,
}: GitHubOptions): Promise<SimulatedGitHub> {
  const program = fileURLToPath(new URL("simulator.ts", import.meta.url));
  // Without the options of a test runner.
  const child = fork(program, { execArgv: [] });
  const ask = async <T>(message: SimulatorOptions | "end state"): Promise<T> => {
    const answer = once(child, "message");
    child.send(message);
    return ((await answer) as [T])[0];
  };
  const simulator = await ask<Pick<SimulatedGitHub, "url" | "registryUrl" | "tokens">>({
    seed,
    actions: false,
    ...(limits ? {} : { limits: noLimits }),
  });
  const requests = noRequests();
  const api = await startProxy(simulator.url, {
    host: "127.0.0.1",
    latency,
    count: countApi(requests),
  });
  const registry = await startProxy(simulator.registryUrl, {
    host: "localhost",
    latency,
    count: () => (requests.registry += 1),
  });
  return {
    url: api.url,
    registryUrl: registry.url,
    tokens: simulator.tokens,
    pid: child.pid ?? 0,
    takeRequests() {
      const taken = { ...requests };
      Object.assign(requests, noRequests());
      return taken;
    },
    takeAnswering: api.takeAnswering,
    endState: () => ask<EndState>("end state"),
    async close() {
      await Promise.all([api.close(), registry.close()]);
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}
