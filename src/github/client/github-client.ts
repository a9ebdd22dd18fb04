import { AsyncResource } from "node:async_hooks";
import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import Bottleneck from "bottleneck";
import { hideToken } from "./hide-token.ts";
import { inWhole } from "./reject-truncated-response.ts";
import { paceReads } from "./pace-reads.ts";
import { createPacedTurns } from "./paced-turns.ts";
import type { RequestNotes } from "./request-notes.ts";
import { respectLimits } from "./respect-limits.ts";
import { finalStatuses, tellRetries } from "./report-retries.ts";
import { createWaits } from "./waits.ts";
import { createWritePace } from "./write-pace.ts";
import type { WriteTurn } from "./write-turns.ts";

// Each plugin stands around those before it.
const GitHubOctokit = Octokit.plugin(respectLimits, throttling, tellRetries, retry, paginateRest);

/** Octokit with GitHub's pacing, retries and pagination. */
export type GitHubClient = InstanceType<typeof GitHubOctokit> & {
  /** GraphQL for queries. `graphql` is for mutations: it keeps their distance to other writes. */
  readonly query: graphql;
  /** The time by GitHub's clock, as its last answer told; this machine's before the first. */
  now(): Date;
};

type graphql = InstanceType<typeof GitHubOctokit>["graphql"];

/**
 * How fast writes follow each other. `steady` keeps the second between writes that GitHub asks
 * for; `burst` uses the documented hard limit of 80 content-creating requests a minute.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export type Pace = "steady" | "burst";

export interface GitHubClientOptions {
  /** Root of the REST API, with or without a trailing slash, e.g. `https://api.github.com`. */
  baseUrl: string;
  /** A token, or nothing for anonymous calls. It is sent in the Authorization header only. */
  token?: string | undefined;
  pace?: Pace;
  /**
   * Told of every wait that GitHub imposes, e.g. "GitHub's secondary rate limit is used up: waiting
   * 60 s", in the async context of the request that waits.
   */
  onWait?: (message: string) => void;
  fetch?: typeof fetch;
  /** Ends waits that GitHub imposes; what is on its way still arrives. */
  signal?: AbortSignal;
  /** Whether so many reads may come at once that GitHub's limit for a minute is in reach. */
  paceReads?: boolean;
  /** Waited for before each write: a budget that is shared with other processes. */
  writeTurn?: WriteTurn;
}

/** An announced wait longer than this fails the call: the person is told instead of left waiting. */
const longestWaitSeconds = 15 * 60;

export function createGitHubClient(options: GitHubClientOptions): GitHubClient {
  const waits = createWaits(options.signal);
  const onLimit =
    (kind: string) =>
    (seconds: number, { request }: { request: object }, _: unknown, tries: number) => {
      if (seconds > longestWaitSeconds || tries >= 4 || !waits.begin(seconds)) return false;
      (request as RequestNotes).tell?.(`GitHub's ${kind} is used up: waiting ${seconds} s`);
      return true;
    };
  let told: string | undefined;
  // The plugin's own is for all clients of a process, and a wait of one would hold up the others.
  const global = new Bottleneck.Group({ id: "ghcr-fleet", maxConcurrent: 10 });
  const connect = (groups: { write?: Bottleneck.Group }) => {
    const client = new GitHubOctokit({
      baseUrl: options.baseUrl.replace(/\/+$/, ""),
      auth: options.token,
      userAgent: "ghcr-fleet",
      log: silent,
      request: { fetch: waits.watch(inWhole(options.fetch ?? fetch)) },
      untilFree: waits.untilOver,
      retry: { doNotRetry: finalStatuses },
      throttle: {
        ...{ global, ...groups },
        onRateLimit: onLimit("hourly request budget"),
        onSecondaryRateLimit: onLimit("secondary rate limit"),
      },
    });
    if (options.token !== undefined) hideToken(client, options.token);
    client.hook.wrap("request", (send, request) => waits.orStop(Promise.resolve(send(request))));
    client.hook.after("request", ({ headers }) => void (told = headers.date ?? told));
    client.hook.before("request", (request) => {
      // octokit gives all requests of a client the same object.
      request.request = { ...request.request, ...noteCaller(options.onWait) };
    });
    return client;
  };
  // The plugin's own pace is the steady one.
  const isBurst = options.pace === "burst";
  const client = connect(isBurst ? { write: unpacedGroup() } : {});
  const takeTurn = (turn: WriteTurn) =>
    client.hook.before("request", async ({ method, url }) => {
      if (method !== "GET" && method !== "HEAD") await turn(kindOf(url));
    });
  // What is registered last comes first: the budget that is shared.
  if (isBurst) takeTurn(createPacedTurns(createWritePace("burst"), options));
  if (options.writeTurn) takeTurn(options.writeTurn);
  if (options.paceReads) paceReads(client, options.onWait);
  // The throttling plugin takes every POST for a write, and queries are POST requests, too.
  const { graphql: query } = connect({ write: unpacedGroup() });
  return Object.assign(client, { query, now: () => (told ? new Date(told) : new Date()) });
}

/** Waits are told in the context of whoever made the request, however late. */
function noteCaller(onWait: GitHubClientOptions["onWait"]): RequestNotes {
  return onWait ? { tell: AsyncResource.bind(onWait) } : {};
}

/** Commits and the like come as GraphQL mutations; a pull request needs a branch as well. */
function kindOf(url: string): "write" | "content" {
  // Of GitHub Enterprise Server the whole address: https://<host>/api/graphql
  return /\/(?:graphql|pulls|git\/refs)$/.test(url) ? "content" : "write";
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function unpacedGroup(): Bottleneck.Group {
  return new Bottleneck.Group({ id: "ghcr-fleet-unpaced" });
}
