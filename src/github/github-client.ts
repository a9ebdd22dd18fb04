import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import Bottleneck from "bottleneck";
import { createPacedTurns } from "./paced-turns.ts";
import { createWaits } from "./waits.ts";
import { createWritePace } from "./write-pace.ts";
import type { WriteTurn } from "./write-turns.ts";

const GitHubOctokit = Octokit.plugin(throttling, retry, paginateRest);

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
  /** Told of every wait that GitHub imposes, e.g. "GitHub asks for a pause of 40 s". */
  onWait?: (message: string) => void;
  fetch?: typeof fetch;
  /** Ends waits that GitHub imposes; what is on its way still arrives. */
  signal?: AbortSignal;
  /** Waited for before each write: a budget that is shared with other processes. */
  writeTurn?: WriteTurn;
}

/** No answer within this time counts as a lost connection: it is asked again, then told. */
const longestAnswerMs = 30_000;

/** An announced wait longer than this fails the call: the person is told instead of left waiting. */
const longestWaitSeconds = 15 * 60;

export function createGitHubClient(options: GitHubClientOptions): GitHubClient {
  const waits = createWaits(options.signal);
  const onLimit =
    (kind: string) => (seconds: number, _request: object, _: unknown, tries: number) => {
      if (seconds > longestWaitSeconds || tries >= 4 || !waits.begin(seconds)) return false;
      options.onWait?.(`GitHub's ${kind} is used up: waiting ${seconds} s`);
      return true;
    };
  let told: string | undefined;
  const connect = (write: { write?: Bottleneck.Group }) => {
    const client = new GitHubOctokit({
      baseUrl: options.baseUrl.replace(/\/+$/, ""),
      auth: options.token,
      userAgent: "ghcr-fleet",
      log: silent,
      request: { fetch: waits.watch(withTimeout(options.fetch ?? fetch)) },
      // 501 is a decision, not an accident: asking again does not help.
      retry: { doNotRetry: [400, 401, 403, 404, 410, 422, 451, 501] },
      throttle: {
        ...write,
        onRateLimit: onLimit("hourly request budget"),
        onSecondaryRateLimit: onLimit("secondary rate limit"),
      },
    });
    client.hook.wrap("request", (send, request) => waits.orStop(Promise.resolve(send(request))));
    client.hook.after("request", ({ headers }) => void (told = headers.date ?? told));
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
  // The throttling plugin takes every POST for a write, and queries are POST requests, too.
  const { graphql: query } = connect({ write: unpacedGroup() });
  return Object.assign(client, { query, now: () => (told ? new Date(told) : new Date()) });
}

/** Commits and the like come as GraphQL mutations; a pull request needs a branch as well. */
function kindOf(url: string): "write" | "content" {
  // Of GitHub Enterprise Server the whole address: https://<host>/api/graphql
  return /\/(?:graphql|pulls|git\/refs)$/.test(url) ? "content" : "write";
}

/** octokit has no time-out of its own. */
function withTimeout(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const timeout = AbortSignal.timeout(longestAnswerMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    try {
      return await send(input, { ...init, signal });
    } catch (error) {
      if (!timeout.aborted) throw error;
      throw new Error(`no answer within ${longestAnswerMs / 1000} s`, { cause: error });
    }
  };
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function unpacedGroup(): Bottleneck.Group {
  return new Bottleneck.Group({ id: "ghcr-fleet-unpaced" });
}
