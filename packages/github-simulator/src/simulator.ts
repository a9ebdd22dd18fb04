import type { Actions } from "./actions/create-actions.ts";
import type { Clock } from "./clock.ts";
import type { FaultEffect, FaultMatch, Faults } from "./http/faults.ts";
import type { Limits } from "./http/rate-limits.ts";
import type { Registry, RegistrySnapshot } from "./registry/create-registry.ts";
import type { RequestRecord } from "./request-log.ts";
import type { SeedInput } from "./seed.ts";
import type { ByHand } from "./by-hand.ts";
import type { State } from "./world/state/state.ts";
import type { World } from "./world/world.ts";

export interface SimulatorOptions {
  /** The organisation as it is at the start; see `loadSeed` for one from a file. */
  seed: SeedInput;
  /**
   * The GitHub that is simulated. An Enterprise Server has its API below `/api/v3` only, and its own pages and
   * registry; github.com is the default.
   */
  host?: "github.com" | "enterprise-server";
  /** Both servers listen on the loopback interface only. 0, the default, takes a free port. */
  ports?: { api?: number; registry?: number };
  /** Source of the time; `virtualClock` makes one that stands still until it is advanced. */
  clock?: Clock;
  /** Stricter or looser limits than GitHub's. */
  limits?: Partial<Limits>;
  /** Faults from the start; `faults.inject` adds more. */
  faults?: readonly { match: FaultMatch; effect: FaultEffect }[];
  /** Whether pushes, releases and other events start workflows; by default they do. */
  actions?: boolean;
  /**
   * Whether `run:` steps of pushed workflows are executed, which happens on this machine; by default they
   * are. If not, such a step fails and says so.
   */
  scripts?: boolean;
  /** Jobs that run at once, over all repositories; 2 by default. */
  concurrentJobs?: number;
  /** PATH of the steps of jobs; by default a minimal one. */
  toolPath?: string;
  /** Variables that every job has in addition to GitHub's own. */
  toolVariables?: Readonly<Record<string, string>>;
  /** Values for tokens in the seed, by name; the others are minted. */
  tokens?: Readonly<Record<string, string>>;
  /** How much of the OCI specification the registry answers to; see `createRegistry`. */
  dialect?: "specification" | "ghcr";
  /** How many milliseconds the receiver of a webhook has to answer; 10,000 on GitHub and by default. */
  webhookTimeout?: number;
  /** How many of the newest requests `requests` keeps; 1,000 by default. */
  keptRequests?: number;
  /**
   * A client that sends this as a bearer token to `/_simulator/` may read token values and requests, reset the
   * simulator and advance a virtual clock; without it nothing is served there.
   */
  controlKey?: string;
  /** Receives one line for each request, and for each run of a workflow that ends; never a token. */
  log?: (line: string) => void;
}

/** All data of GitHub and its registry at one moment, without workflow runs. */
export interface Snapshot {
  readonly state: State;
  readonly registry: RegistrySnapshot;
}

/** Names of the registries, as images begin with them. */
export const registryNames = {
  "github.com": "ghcr.io",
  "enterprise-server": "containers.github.example.com",
} as const;

/** GitHub, its container registry and its runners: `api.github.com` and `ghcr.io` together. */
export interface Simulator {
  /** Replaces `https://api.github.com`: `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** Name of the registry, as images begin with it: "ghcr.io". */
  readonly registryName: string;
  /** Replaces `https://ghcr.io`; by name, because some clients refuse token realms at an IP address. */
  readonly registryUrl: string;
  /** Values of the tokens, by their names in the seed; without those of jobs. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /**
   * How `run:` steps are executed: `isolated`, in their own namespaces, where they see no other
   * process; `shared` if this system does not allow that; `off` if they are not executed.
   */
  readonly scripts: "isolated" | "shared" | "off";
  /** What a person does on GitHub's pages, without any tool. */
  byHand(login: string): ByHand;
  readonly faults: Faults;
  /** The newest answered requests of the API, oldest first; `keptRequests` says how many. */
  readonly requests: readonly RequestRecord[];
  /** Calls back for each answered request of the API from now on; returns a function that stops it. */
  onRequest(listener: (record: RequestRecord) => void): () => void;
  /** The simulated GitHub itself: read it in assertions, and change it through the API or `byHand`. */
  readonly world: World;
  readonly registry: Registry;
  /** The runners. Without the option `actions` they receive no event, and their API is not served. */
  readonly actions: Actions;
  snapshot(): Snapshot;
  /** Workflow runs are history, and stay. */
  restore(snapshot: Snapshot): void;
  /**
   * Goes back to the start: the seed, with the token values of the start, no packages, runs and requests,
   * budgets unused, and the faults of `options`. The clock is not reset.
   */
  reset(): Promise<void>;
  /** Resolves once no delivery of a webhook is in progress. */
  deliveriesDone(): Promise<void>;
  /** Cancels running jobs, and waits until both servers and all jobs have ended. */
  close(): Promise<void>;
}
