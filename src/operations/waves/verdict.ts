import type { RunPlace } from "../../github/actions/workflow-runs.ts";
import type { FleetRepository } from "../../fleet/fleet.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import type { PublishingWorkflow } from "../../publishing/started-by.ts";
import type { RegistryClientOptions } from "../../registry/registry-client.ts";
import type { BranchReading } from "../publications/read-branches.ts";
import type { Proof } from "./journal.ts";

export interface ProofContext {
  readonly github: GitHubClient;
  readonly owner: string;
  readonly registry: RegistryClientOptions & Required<Pick<RegistryClientOptions, "name">>;
  /** Name of the fleet's secret. */
  readonly secret: string;
  /** The workflow to start where no push does; if absent, the last run is repeated. */
  readonly dispatch: string | undefined;
  /** Whether runs that failed before are repeated: their cause may be fixed by now. */
  readonly repeatFailed: boolean;
  /** Whether a repository whose files came as a pull request has to publish after its merge. */
  readonly waitsForMerges: boolean;
}

/** A repository, and what it has to publish. */
export interface Candidate {
  readonly repository: Pick<
    FleetRepository,
    "name" | "branch" | "image" | "images" | "workflows" | "credential"
  >;
  readonly proof: Proof;
}

/** A candidate, how it publishes, and the workflow whose run has to show it. */
export interface RunCandidate extends Candidate {
  readonly reading: BranchReading;
  readonly workflow: PublishingWorkflow;
}

export type Verdict =
  | {
      readonly state: "waiting";
      readonly detail: string;
      readonly url?: string;
      /** It waits for people, who may take longer than the gate. */
      readonly forMerge?: boolean;
    }
  /** Nothing runs before a person merges. */
  | { readonly state: "merge"; readonly detail: string; readonly url: string }
  /** A person declined the files. */
  | { readonly state: "declined"; readonly detail: string; readonly url: string }
  | { readonly state: "healthy"; readonly detail: string; readonly url?: string }
  /** Neither a run nor the registry can show it; `detail` has the next step. */
  | { readonly state: "unproven"; readonly detail: string; readonly url?: string }
  | { readonly state: "failed"; readonly detail: string; readonly url?: string };

/** Checks once; to be repeated while the verdict is `waiting`. */
export type Check = () => Promise<Verdict>;

export function mergeFirst(url: string): Verdict & { state: "merge" } {
  return { state: "merge", detail: "merge its pull request", url };
}

/** Starts a run with the first check. Where that is not possible (yet), the result is a verdict. */
export function lazily(start: () => Promise<Check | Verdict>): Check {
  let check: Check | undefined;
  return async () => {
    if (!check) {
      const started = await start();
      if (typeof started !== "function") return started;
      check = started;
    }
    return check();
  };
}

/** All have to end well; the first that fails decides. What ended is not checked again. */
export function inAll(checks: readonly Check[]): Check {
  const ended = new Map<Check, Verdict>();
  return async () => {
    const verdicts: Verdict[] = [];
    for (const check of checks) {
      const verdict = ended.get(check) ?? (await check());
      if (verdict.state !== "waiting") ended.set(check, verdict);
      verdicts.push(verdict);
    }
    const worst = (["failed", "waiting", "merge", "unproven"] as const)
      .map((state) => verdicts.find((verdict) => verdict.state === state))
      .find((verdict) => verdict !== undefined);
    if (worst) return worst;
    const [first, ...more] = verdicts;
    const detail = [...new Set(verdicts.map((verdict) => verdict.detail))].join("; ");
    return more.length === 0 && first ? first : { ...first, state: "healthy", detail };
  };
}

export function placeOf({ owner }: ProofContext, { repository }: Candidate): RunPlace {
  return { owner, repository: repository.name };
}
