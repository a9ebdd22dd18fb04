import type { Octokit } from "@octokit/core";
import { createReadPace } from "./read-pace.ts";

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
