import { AsyncResource } from "node:async_hooks";
import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import Bottleneck from "bottleneck";
import { z } from "zod";
import { withoutSecrets } from "../../without-secrets.ts";
import { GitHubApp, isSignIn } from "./github-app.ts";
import { gitHubHost, type GitHubHost } from "../../github-host.ts";
import { rejectTruncated } from "./reject-truncated-response.ts";
import { createPacedTurns } from "./pace/paced-turns.ts";
import { paceReads } from "./pace/read-pace.ts";
import type { RequestNotes } from "./request-notes.ts";
import { respectLimits } from "./respect-limits.ts";
import { finalStatuses, reportRetries } from "./report-retries.ts";
import { assertOnHost, stayOnHost } from "./stay-on-host.ts";
import { limitPages } from "./limit-pages.ts";
import { createWaits } from "./pace/waits.ts";
import { createWritePace } from "./pace/write-pace.ts";
import type { WriteTurn } from "./pace/write-turns.ts";

// Each plugin wraps those before it.
const GitHubOctokit = Octokit.plugin(respectLimits, throttling, reportRetries, retry, paginateRest);

/** Octokit with GitHub's pacing, retries and pagination. */
export type GitHubClient = InstanceType<typeof GitHubOctokit> & {
  /** GraphQL for queries. `graphql` is for mutations: it keeps GitHub's pause between writes. */
  readonly query: graphql;
  readonly host: GitHubHost;
  /** Of the REST API. */
  readonly apiVersion: "2026-03-10" | "2022-11-28";
  /** The time by GitHub's clock, from its last answer; before the first answer, this machine's time. */
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
  /** A token, an App, or nothing for anonymous calls. It is sent in the Authorization header only. */
  token?: string | GitHubApp | undefined;
  pace?: Pace;
  /**
   * Called for every wait that GitHub imposes, e.g. "GitHub's secondary rate limit is used up: waiting
   * 60 s", in the async context of the waiting request.
   */
  onWait?: (message: string) => void;
  fetch?: typeof fetch;
  /** Aborted: waits that GitHub imposes end; requests that were sent still get their answer. */
  signal?: AbortSignal;
  /** Whether reads are paced, for callers that could exceed GitHub's limit per minute. */
  paceReads?: boolean;
  /** Awaited before each write: a budget that is shared with other processes. */
  writeTurn?: WriteTurn;
  /** A call that GitHub asks to wait longer than this fails instead. Default: 15 minutes. */
  longestWaitSeconds?: number;
}

/** A person waits for the answer. */
const fifteenMinutes = 15 * 60;

export function createGitHubClient(options: GitHubClientOptions): GitHubClient {
  const waits = createWaits(options.signal);
  const { pace = "steady", longestWaitSeconds = fifteenMinutes } = options;
  const onLimit =
    (kind: string) =>
    (seconds: number, { request }: { request: object }, _: unknown, tries: number) => {
      if (seconds > longestWaitSeconds || tries >= 4 || !waits.begin(seconds)) return false;
      (request as RequestNotes).report?.(`GitHub's ${kind} is used up: waiting ${seconds} s`);
      return true;
    };
  const app = options.token instanceof GitHubApp ? options.token : undefined;
  const secrets = typeof options.token === "string" ? [options.token] : (app?.secrets ?? []);
  let lastDate: string | undefined;
  const host = gitHubHost(options.baseUrl);
  const apiVersion = apiVersionOf(host);
  // The plugin's own group is for all clients of a process: a wait of one would delay the others.
  const global = new Bottleneck.Group({ id: "ghcr-fleet", maxConcurrent: 10 });
  const connect = (groups: { write?: Bottleneck.Group; notifications?: Bottleneck.Group }) => {
    const client = new GitHubOctokit({
      baseUrl: options.baseUrl.replace(/\/+$/, ""),
      ...(app ? { authStrategy: app.signIn } : { auth: options.token }),
      userAgent: "ghcr-fleet",
      log: silent,
      request: {
        fetch: waits.watch(rejectTruncated(stayOnHost(options.fetch ?? fetch, options.baseUrl))),
      },
      untilFree: waits.untilOver,
      retry: { doNotRetry: finalStatuses },
      throttle: {
        ...{ global, ...groups },
        onRateLimit: onLimit("hourly request budget"),
        onSecondaryRateLimit: onLimit("secondary rate limit"),
      },
    });
    hideSecrets(client, secrets);
    client.hook.wrap("request", (send, request) => waits.orStop(Promise.resolve(send(request))));
    limitPages(client);
    client.hook.after("request", ({ headers }) => void (lastDate = headers.date ?? lastDate));
    client.hook.before("request", (request) => {
      if (/^https?:/.test(request.url)) assertOnHost(request.url, options.baseUrl);
      request.headers["x-github-api-version"] = apiVersion;
      // octokit uses one object for all requests of a client.
      request.request = { ...request.request, ...noteCaller(options.onWait) };
    });
    return client;
  };
  // The plugin's own pace is the steady one; it waits longer between writes that notify people.
  const isBurst = pace === "burst";
  const client = connect(isBurst ? { write: unpacedGroup(), notifications: unpacedGroup() } : {});
  const takeTurn = (turn: WriteTurn) =>
    client.hook.before("request", async ({ method, url }) => {
      if (method !== "GET" && method !== "HEAD" && !isSignIn(url)) await turn(kindOf(url));
    });
  // The plugin does not know the limits for content. The hook that is registered last runs first: the
  // shared budget.
  takeTurn(createPacedTurns(createWritePace(pace), options));
  if (options.writeTurn) takeTurn(options.writeTurn);
  if (options.paceReads) paceReads(client, options.onWait);
  // The throttling plugin treats every POST as a write, and queries are POST requests, too.
  const { graphql: query } = connect({ write: unpacedGroup() });
  const now = () => (lastDate ? new Date(lastDate) : new Date());
  return Object.assign(client, { query, host, apiVersion, now });
}

/**
 * The version of the REST API that the client asks for. github.com and data residency have the newest one. Each
 * Enterprise Server has the first one, and refuses those that are newer than itself.
 *
 * @see https://docs.github.com/en/rest/about-the-rest-api/api-versions
 */
function apiVersionOf({ kind }: GitHubHost): GitHubClient["apiVersion"] {
  return kind === "enterprise-server" ? "2022-11-28" : "2026-03-10";
}

const refusalSchema = z.object({ errors: z.array(z.object({ message: z.string() })) });

/**
 * Removes a client's secrets from the errors of its calls: a proxy's page may contain the request, and fetch
 * quotes a header that it does not accept.
 */
function hideSecrets({ hook }: Octokit, secrets: Iterable<string>): void {
  hook.error("request", (error) => {
    error.message = withoutSecrets(error.message, secrets);
    throw error;
  });
  // GraphQL errors have the status 200.
  hook.after("request", ({ data }) => {
    if (!refusalSchema.safeParse(data).success) return;
    for (const error of (data as z.output<typeof refusalSchema>).errors) {
      error.message = withoutSecrets(error.message, secrets);
    }
  });
}

/** Reports waits in the async context of the request's caller. */
function noteCaller(onWait: GitHubClientOptions["onWait"]): RequestNotes {
  return onWait ? { report: AsyncResource.bind(onWait) } : {};
}

/** Commits and the like come as GraphQL mutations; of pull requests, people also get comments and requests. */
function kindOf(url: string): "write" | "content" {
  // GitHub Enterprise Server: https://<host>/api/graphql
  return /\/(?:graphql|pulls|git\/refs|comments|requested_reviewers)$/.test(url)
    ? "content"
    : "write";
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function unpacedGroup(): Bottleneck.Group {
  return new Bottleneck.Group({ id: "ghcr-fleet-unpaced" });
}
