import { RequestError } from "@octokit/request-error";
import { explainFailure, isLimit } from "../../github/client/explain-failure.ts";
import { createReadPace } from "../../github/client/read-pace.ts";
import { RegistryRefusal } from "../../registry/registry-client.ts";
import {
  proofOf,
  type Candidate,
  type Look,
  type ProofContext,
  type Verdict,
} from "./prove-repository.ts";
import type { RepositoryResult } from "./rollout-event.ts";

/** Time as the rollout sees it. */
export interface RolloutClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Ends early when the signal is aborted. */
  sleep(milliseconds: number, stop: AbortSignal): Promise<void>;
}

export interface HealthGateOptions extends ProofContext {
  readonly candidates: readonly Candidate[];
  readonly timeoutMinutes: number;
  /** How many gates wait at once with the same token. */
  readonly gates: number;
  readonly clock: RolloutClock;
  readonly stop: AbortSignal;
  /** Hears of each repository when what is known of it changes. */
  readonly onResult: (result: RepositoryResult) => void;
}

/** Between two looks at the same runs: short at first, for small builds, then ever longer. */
const shortestPause = 1_000;
const longestPause = 15_000;

/** Each look at a repository is a request; all gates together take so many seconds for one. */
const secondsPerLook = 1;

/**
 * Waits until each repository has published, has failed to, or the time is over.
 *
 * @returns the last result of each, by name; `waiting` only where it was asked to stop
 */
export async function waitForHealth(
  options: HealthGateOptions,
): Promise<ReadonlyMap<string, RepositoryResult>> {
  const { candidates, clock, stop, timeoutMinutes, gates } = options;
  const pace = createReadPace();
  const results = createResults(options.onResult);
  const looks = new Map<string, Look>();
  for (const candidate of candidates) {
    const { repository } = candidate;
    results.set({ repository, state: "waiting", detail: "for its run" });
    looks.set(repository, proofOf(options, candidate));
  }
  const deadline = clock.now() + timeoutMinutes * 60_000;
  for (let pause = shortestPause; looks.size > 0; pause = Math.min(pause * 1.5, longestPause)) {
    await Promise.all(
      [...looks].map(async ([repository, look]) => {
        const verdict = await attempt(repository, () => pace(look));
        results.set({ repository, ...verdict });
        if (verdict.state !== "waiting") looks.delete(repository);
      }),
    );
    if (looks.size === 0 || stop.aborted) break;
    if (clock.now() >= deadline) {
      for (const repository of looks.keys()) results.expire(repository, timeoutMinutes);
      break;
    }
    await clock.sleep(Math.max(pause, looks.size * gates * secondsPerLook * 1000), stop);
  }
  return results.all;
}

function createResults(onResult: (result: RepositoryResult) => void) {
  const all = new Map<string, RepositoryResult>();
  const set = (result: RepositoryResult) => {
    const before = all.get(result.repository);
    all.set(result.repository, result);
    if (before?.state !== result.state || before.detail !== result.detail) onResult(result);
  };
  const expire = (repository: string, minutes: number) => {
    const { detail = "", url } = all.get(repository) ?? {};
    set({ repository, state: "failed", detail: `no image after ${minutes} min: ${detail}`, url });
  };
  return { all: all as ReadonlyMap<string, RepositoryResult>, set, expire };
}

/** What a refusal says is the repository's failure; what says nothing about it is asked again. */
async function attempt(repository: string, look: Look): Promise<Verdict> {
  try {
    return await look();
  } catch (error) {
    const { message } = explainFailure(error, `see whether ${repository} publishes`);
    return isRefusal(error)
      ? { state: "failed", detail: message }
      : { state: "waiting", detail: `asking again: ${message}` };
  }
}

function isRefusal(error: unknown): boolean {
  if (error instanceof RegistryRefusal) return !error.isPassing;
  return error instanceof RequestError && error.status < 500 && !isLimit(error);
}
