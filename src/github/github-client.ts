import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import Bottleneck from "bottleneck";

const GitHubOctokit = Octokit.plugin(throttling, retry, paginateRest);

/** Octokit with GitHub's pacing, retries and pagination. */
export type GitHubClient = InstanceType<typeof GitHubOctokit>;

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
}

/** An announced wait longer than this fails the call: the person is told instead of left waiting. */
const longestWaitSeconds = 15 * 60;

export function createGitHubClient(options: GitHubClientOptions): GitHubClient {
  const onLimit =
    (kind: string) => (seconds: number, _request: object, _: unknown, tries: number) => {
      if (seconds > longestWaitSeconds || tries >= 4) return false;
      options.onWait?.(`GitHub's ${kind} is used up: waiting ${seconds} s`);
      return true;
    };
  return new GitHubOctokit({
    baseUrl: options.baseUrl.replace(/\/+$/, ""),
    auth: options.token,
    userAgent: "ghcr-fleet",
    log: silent,
    request: { fetch: options.fetch ?? fetch, timeout: 30_000 },
    // 501 is a decision, not an accident: asking again does not help.
    retry: { doNotRetry: [400, 401, 403, 404, 410, 422, 451, 501] },
    throttle: {
      ...(options.pace === "burst" ? { write: burstGroup() } : {}),
      onRateLimit: onLimit("hourly request budget"),
      onSecondaryRateLimit: onLimit("secondary rate limit"),
    },
  });
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** 80 content-creating requests in any minute, one at a time. */
function burstGroup(): Bottleneck.Group {
  return new Bottleneck.Group({
    id: "ghcr-fleet-burst",
    maxConcurrent: 1,
    reservoir: 80,
    reservoirRefreshAmount: 80,
    reservoirRefreshInterval: 60_000,
  });
}
