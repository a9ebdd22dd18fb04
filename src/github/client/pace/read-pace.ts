import type { Octokit } from "@octokit/core";
import Bottleneck from "bottleneck";

/** Runs a read when its turn comes. */
export type ReadPace = <T>(read: () => Promise<T>) => Promise<T>;

/**
 * Keeps many single reads below GitHub's secondary limit of 900 points a minute, with room for other
 * requests with the same token.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
export function createReadPace(): ReadPace {
  const limiter = new Bottleneck({
    maxConcurrent: 8,
    // 100 at once, then 720 a minute: no minute has more than 880.
    reservoir: 100,
    reservoirIncreaseAmount: 60,
    reservoirIncreaseInterval: 5000,
    reservoirIncreaseMaximum: 100,
  });
  return (read) => limiter.schedule(read);
}

/** In milliseconds: longer waits are reported. */
const longWait = 10_000;

/** Keeps a client's single reads below GitHub's limit per minute; the engine reads in parallel. */
export function paceReads(octokit: Octokit, onWait: ((message: string) => void) | undefined): void {
  const pace = createReadPace();
  octokit.hook.wrap("request", async (send, request) => {
    if (request.method !== "GET" && request.method !== "HEAD") return send(request);
    const report = () => onWait?.("waiting, to stay below GitHub's limit for reads");
    const timer = setTimeout(report, longWait);
    return pace(async () => {
      clearTimeout(timer);
      return send(request);
    });
  });
}
