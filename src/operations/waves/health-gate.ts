import { RequestError } from "@octokit/request-error";
import { explainFailure, isLimit } from "../../github/client/explain-failure.ts";
import { createReadPace } from "../../github/client/pace/read-pace.ts";
import { RegistryRefusal } from "../../registry/registry-client.ts";
import { readRepositories } from "../../github/repositories/repository-snapshot.ts";
import { readBranches, type BranchReading } from "../publications/read-branches.ts";
import { proofOf } from "./prove-repository.ts";
import type { RepositoryResult } from "./rollout-event.ts";
import type { Candidate, Check, ProofContext, Verdict } from "./verdict.ts";

/** The time, and waiting; replaced in tests. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Ends early when the signal is aborted. */
  sleep(milliseconds: number, stop: AbortSignal): Promise<void>;
}

export interface HealthGateOptions extends ProofContext {
  readonly candidates: readonly Candidate[];
  readonly timeoutMinutes: number;
  /** How many candidates may fail before the wave is lost. */
  readonly failuresAllowed: number;
  /** How many gates wait at the same time with the same token. */
  readonly gates: number;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** Called whenever the result of a repository changes. */
  readonly onResult: (result: RepositoryResult) => void;
}

/** Between two checks of the same run: short at first, for small builds, then longer and longer. */
const shortestPause = 1_000;
const longestPause = 15_000;

/** Each check of a repository is a request; all gates together make one request in this time. */
const secondsPerCheck = 1;

/**
 * Waits until each repository has published or failed, or the time is over.
 *
 * @returns the last result of each, by name; `waiting` only where the run was stopped, and `merge` where
 *   people have not merged in time, or before too many others failed
 * @throws {UserError} GitHub no longer accepts the admin token
 */
export async function waitForHealth(
  options: HealthGateOptions,
): Promise<ReadonlyMap<string, RepositoryResult>> {
  const { candidates, clock, stop, timeoutMinutes, failuresAllowed, gates } = options;
  const pace = createReadPace();
  const results = createResults(options.onResult);
  const checks = new Map<string, Check>();
  const read = readTogether(options);
  for (const candidate of candidates) {
    const repository = candidate.repository.name;
    results.set({ repository, state: "waiting", detail: "for its run" });
    checks.set(
      repository,
      proofOf(options, candidate, (again) => read(candidate, again)),
    );
  }
  const deadline = clock.now() + timeoutMinutes * 60_000;
  for (let pause = shortestPause; checks.size > 0; pause = Math.min(pause * 1.5, longestPause)) {
    await Promise.all(
      [...checks].map(async ([repository, check]) => {
        const verdict = await attempt(repository, () => pace(check));
        const { forMerge, ...result } = { forMerge: false, ...verdict };
        results.set({ repository, ...result }, forMerge);
        if (verdict.state !== "waiting") checks.delete(repository);
      }),
    );
    // Nobody should merge more of a wave that is lost.
    for (const repository of results.failures() > failuresAllowed ? results.waitingForMerge : []) {
      results.expire(repository, timeoutMinutes);
      checks.delete(repository);
    }
    if (checks.size === 0 || stop.aborted) break;
    if (clock.now() >= deadline) {
      for (const repository of checks.keys()) results.expire(repository, timeoutMinutes);
      break;
    }
    await clock.sleep(Math.max(pause, checks.size * gates * secondsPerCheck * 1000), stop);
  }
  return results.all;
}

/** How the candidates publish: read once for all of them, and again after a failure. */
function readTogether(options: HealthGateOptions): ReadBranch {
  const { github, owner, secret, candidates } = options;
  const { name: registry } = options.registry;
  let all: ReturnType<typeof readNow> | undefined;
  const readNow = async (wanted: readonly Candidate[]) => {
    const repositories = wanted.map(({ repository }) => repository);
    const snapshots = await readRepositories(github, owner, repositories);
    const branches = repositories.map((repository, index) => ({
      repository,
      snapshot: snapshots[index],
    }));
    return readBranches(github, { owner, registry, secret }, branches);
  };
  return async (candidate, again) => {
    const { name } = candidate.repository;
    if (again) return (await readNow([candidate])).get(name);
    all ??= readNow(candidates).catch((error: unknown) => {
      all = undefined;
      throw error;
    });
    return (await all).get(name);
  };
}

type ReadBranch = (candidate: Candidate, again: boolean) => Promise<BranchReading | undefined>;

function createResults(onResult: (result: RepositoryResult) => void) {
  const all = new Map<string, RepositoryResult>();
  const waitingForMerge = new Set<string>();
  const set = (result: RepositoryResult, forMerge = false) => {
    const before = all.get(result.repository);
    if (forMerge) waitingForMerge.add(result.repository);
    else waitingForMerge.delete(result.repository);
    all.set(result.repository, result);
    if (before?.state !== result.state || before.detail !== result.detail) onResult(result);
  };
  const expire = (repository: string, minutes: number) => {
    const { detail = "", url } = all.get(repository) ?? {};
    if (waitingForMerge.has(repository)) set({ repository, state: "merge", detail, url });
    else
      set({ repository, state: "failed", detail: `no image after ${minutes} min: ${detail}`, url });
  };
  return {
    all: all as ReadonlyMap<string, RepositoryResult>,
    waitingForMerge: waitingForMerge as ReadonlySet<string>,
    failures: () => [...all.values()].filter(({ state }) => state === "failed").length,
    set,
    expire,
  };
}

/**
 * A refusal is the repository's failure; after any other error it is checked again.
 *
 * @throws {UserError} GitHub no longer accepts the admin token, which is no repository's failure
 */
async function attempt(repository: string, check: Check): Promise<Verdict> {
  try {
    return await check();
  } catch (error) {
    const explained = explainFailure(error, `check whether ${repository} publishes`);
    if (error instanceof RequestError && error.status === 401) throw explained;
    const { message } = explained;
    return isRefusal(error)
      ? { state: "failed", detail: message }
      : { state: "waiting", detail: `asking again: ${message}` };
  }
}

function isRefusal(error: unknown): boolean {
  if (error instanceof RegistryRefusal) return !error.isTemporary;
  return error instanceof RequestError && error.status < 500 && !isLimit(error);
}
