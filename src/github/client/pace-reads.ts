import type { Octokit } from "@octokit/core";
import { createReadPace } from "./read-pace.ts";

/** In milliseconds: a person would wonder about a longer wait. */
const longWait = 10_000;

/** Keeps a client's single reads below what GitHub allows in a minute; the engine asks in parallel. */
export function paceReads(octokit: Octokit, onWait: ((message: string) => void) | undefined): void {
  const pace = createReadPace();
  octokit.hook.wrap("request", async (send, request) => {
    if (request.method !== "GET" && request.method !== "HEAD") return send(request);
    const tell = () => onWait?.("waiting for a turn, below GitHub's limit for reads");
    const timer = setTimeout(tell, longWait);
    return pace(async () => {
      clearTimeout(timer);
      return send(request);
    });
  });
}
