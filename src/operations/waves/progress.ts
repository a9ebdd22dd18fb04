import { day } from "../../format-text.ts";
import type { FleetConfig } from "../../fleet/fleet-config.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { Wave } from "../../fleet/plan-waves.ts";
import type { EngineRun } from "../../stack/run-engine.ts";
import { removeJournal, writeJournal, type Journal, type Proof } from "./journal.ts";
import type { RepositoryResult, RolloutEnd } from "./rollout-event.ts";
import { mergeFirst } from "./verdict.ts";
import type { WavesContext } from "./waves-context.ts";

/** The state of each repository so far, and the journal of those that still have to publish. */
export interface Progress {
  readonly context: WavesContext;
  readonly fleet: Fleet;
  /** From now on every step is saved in this file. An earlier journal is continued. */
  useJournal(file: string, earlier: Journal | undefined): void;
  removeJournal(): Promise<void>;
  /** All waves have ended: only what failed is kept, for the next rollout. */
  finish(): Promise<void>;
  isUnproved(repository: string): boolean;
  /** Whether the gate found last that it publishes. */
  readonly isHealthy: (repository: string) => boolean;
  /** What the gate has to wait for; nothing where the engine failed already. */
  proofOf(repository: string): Proof | undefined;
  /** The engine changes something of this repository. */
  begin(wave: Wave, repository: string): void;
  record(wave: Wave, result: RepositoryResult): void;
  /** Saves which repositories are about to change, before they do. */
  expect(wave: Wave, proofs: ReadonlyMap<string, Proof>): Promise<void>;
  /** Saves what the engine did. */
  take(wave: Wave, run: EngineRun, proofs: ReadonlyMap<string, Proof>): Promise<void>;
  /** Saves what the gate found. */
  settle(wave: Wave): Promise<void>;
  /** Without a gate, no repository of the wave has to publish. */
  forget(wave: Wave): Promise<void>;
  failedIn(wave: Wave): RepositoryResult[];
  /** Those whose pull request the next wave has to wait for. */
  unmergedIn(wave: Wave): RepositoryResult[];
  /** How many repositories failed so far. */
  failures(): number;
  /** The wave that started last. */
  wave(): Wave | undefined;
  /** @param wave its name */
  end(outcome: RolloutEnd["outcome"], wave?: string, reasons?: readonly string[]): RolloutEnd;
}

export function createProgress(context: WavesContext, fleet: Fleet): Progress {
  const { stack, report, clock, waitsForMerges: waits } = context;
  const unproved = new Map<string, Proof>();
  const results = new Map<string, RepositoryResult & { wave: string }>();
  let current: Wave | undefined;
  let journalFile: string | undefined;
  /** Proofs that an earlier run left. */
  let left: Journal["unproved"] = {};
  let startedAt = "";

  const save = async (wave: string, ended?: boolean) => {
    if (journalFile === undefined) return;
    await writeJournal(journalFile, {
      version: 1,
      stack: stack.name,
      startedAt,
      wave,
      unproved: Object.fromEntries(unproved),
      ended,
    });
  };
  const removeOwnJournal = async () => {
    if (journalFile !== undefined) await removeJournal(journalFile);
    journalFile = undefined;
  };
  const record: Progress["record"] = ({ name: wave }, result) => {
    results.set(result.repository, { ...result, wave });
    report({ stack: stack.name, type: "repository", wave, ...result });
  };
  const stateOf = (repository: string) => results.get(repository)?.state;
  const failed = () => [...results.values()].filter(({ state }) => state === "failed");

  return {
    context,
    fleet,
    useJournal(file, earlier) {
      journalFile = file;
      startedAt = earlier?.startedAt ?? new Date(clock.now()).toISOString();
      left = earlier?.unproved ?? {};
      for (const [repository, proof] of Object.entries(left)) unproved.set(repository, proof);
    },
    removeJournal: removeOwnJournal,
    async finish() {
      for (const repository of [...unproved.keys()]) {
        if (stateOf(repository) !== "failed") unproved.delete(repository);
      }
      if (unproved.size === 0) await removeOwnJournal();
      else await save(current?.name ?? "", true);
    },
    isUnproved: (repository) => unproved.has(repository),
    isHealthy: (repository) => stateOf(repository) === "healthy",
    proofOf: (repository) =>
      stateOf(repository) === "failed" ? undefined : unproved.get(repository),
    begin(wave, repository) {
      // The engine updates the pull request of an earlier wave, too, which changes nothing of its result.
      if (!wave.repositories.includes(repository) && results.has(repository)) return;
      if (stateOf(repository) !== "applying") record(wave, { repository, state: "applying" });
    },
    record,
    wave: () => current,
    async expect(wave, proofs) {
      current = wave;
      for (const [repository, proof] of proofs) unproved.set(repository, proof);
      await save(wave.name);
    },
    async take(wave, { failures, written }, proofs) {
      for (const { repository, message } of failures) {
        if (repository !== undefined)
          record(wave, { repository, state: "failed", detail: message });
      }
      const files = new Map(written.map((each) => [each.repository, each]));
      for (const [repository, proof] of proofs) {
        if (stateOf(repository) === "failed") continue;
        const { commit, pullRequestUrl, declined } = files.get(repository) ?? {};
        const { credential } = proof;
        if (commit !== undefined) unproved.set(repository, { credential, commit });
        else if (declined !== undefined) {
          // With a new credential, the workflows have to publish as they are.
          if (credential && context.gate) unproved.set(repository, { credential });
          else {
            unproved.delete(repository);
            const detail = `${declined.by ?? "somebody"} declined its pull request on ${day(declined.at)}`;
            record(wave, { repository, state: "declined", detail, url: declined.url });
          }
        } else if (pullRequestUrl !== undefined && context.gate) {
          // Also without waiting for merges, the gate looks whether it is merged already.
          unproved.set(repository, { ...proof, pullRequestUrl });
        } else if (pullRequestUrl !== undefined) {
          unproved.delete(repository);
          record(wave, { repository, ...mergeFirst(pullRequestUrl) });
        } else if (!proof.credential && !left[repository] && !context.stop.aborted) {
          // The files were already on the branch.
          unproved.delete(repository);
        }
      }
      for (const [repository, { wave: of, state }] of results) {
        if (of === wave.name && state === "applying")
          record(wave, { repository, state: "applied" });
      }
      await save(wave.name);
    },
    async settle(wave) {
      for (const repository of wave.repositories) {
        const state = stateOf(repository);
        const isOver = state === "merge" ? !waits : state === "healthy" || state === "declined";
        if (isOver) unproved.delete(repository);
      }
      await save(wave.name);
    },
    async forget(wave) {
      for (const repository of wave.repositories) unproved.delete(repository);
      await save(wave.name);
    },
    unmergedIn: ({ name }) =>
      waits
        ? [...results.values()].filter(({ wave, state }) => wave === name && state === "merge")
        : [],
    failedIn: ({ name }) => failed().filter(({ wave }) => wave === name),
    failures: () => failed().length,
    end: (outcome, wave, reasons = []) => ({
      outcome,
      wave,
      reasons,
      repositories: Object.fromEntries([...results].sort(([a], [b]) => (a < b ? -1 : 1))),
    }),
  };
}

/**
 * How many repositories may fail before a rollout or a rotation stops. A share is rounded down.
 *
 * @param repositories how many the fleet has
 */
export function failuresAllowed(
  { failureBudget: budget }: Pick<FleetConfig, "failureBudget">,
  repositories: number,
): number {
  return typeof budget === "number"
    ? budget
    : Math.floor((repositories * Number.parseInt(budget, 10)) / 100);
}
