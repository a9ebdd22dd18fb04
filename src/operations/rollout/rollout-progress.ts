import type { Wave } from "../../fleet/plan-waves.ts";
import { failuresAllowed } from "./failures-allowed.ts";
import { writeJournal, type Proof } from "./journal.ts";
import type { RolloutPlan } from "./plan-rollout.ts";
import { mergeFirst } from "./prove-repository.ts";
import type { RepositoryResult, RolloutEnd } from "./rollout-event.ts";
import type { EngineRun } from "../../stack/run-engine.ts";

/** What became of each repository so far, and what the journal says of it. */
export interface Progress {
  readonly isUnproved: (repository: string) => boolean;
  /** What the gate has to wait for; nothing where the engine failed already. */
  proofOf(wave: Wave, repository: string): Proof | undefined;
  begin(wave: Wave, repository: string): void;
  record(wave: Wave, result: RepositoryResult): void;
  /** Writes down what is about to change, before it does. */
  expect(wave: Wave, expected: ReadonlyMap<string, Proof>): Promise<void>;
  /** Takes over what the engine did. */
  take(wave: Wave, run: EngineRun, expected: ReadonlyMap<string, Proof>): Promise<void>;
  /** Takes over what the gate found. */
  settle(wave: Wave): Promise<void>;
  forget(wave: Wave): Promise<void>;
  failedIn(wave: Wave): RepositoryResult[];
  isOverBudget(): boolean;
  /** The wave that was last begun. */
  wave(): Wave | undefined;
  end(
    outcome: RolloutEnd["outcome"],
    wave: Wave | undefined,
    reasons: readonly string[],
  ): RolloutEnd;
}

/** Begins where an earlier rollout stopped, if the plan goes on with one. */
export function createProgress({ context, fleet, journal, journalFile }: RolloutPlan): Progress {
  const { stack, tell, clock } = context;
  const unproved = new Map(Object.entries(journal?.unproved ?? {}));
  const results = new Map<string, RepositoryResult & { wave: string }>();
  let current: Wave | undefined;
  const startedAt = journal?.startedAt ?? new Date(clock.now()).toISOString();
  const save = (wave: string) =>
    writeJournal(journalFile, {
      version: 1,
      stack: stack.name,
      startedAt,
      wave,
      unproved: Object.fromEntries(unproved),
    });
  const record: Progress["record"] = ({ name: wave }, result) => {
    results.set(result.repository, { ...result, wave });
    tell({ stack: stack.name, type: "repository", wave, ...result });
  };
  const stateOf = (repository: string) => results.get(repository)?.state;
  const failed = () => [...results.values()].filter(({ state }) => state === "failed");

  return {
    isUnproved: (repository) => unproved.has(repository),
    proofOf: ({ repositories }, repository) =>
      repositories.includes(repository) && stateOf(repository) !== "failed"
        ? unproved.get(repository)
        : undefined,
    begin(wave, repository) {
      if (stateOf(repository) !== "applying") record(wave, { repository, state: "applying" });
    },
    record,
    wave: () => current,
    async expect(wave, expected) {
      current = wave;
      for (const [repository, proof] of expected) unproved.set(repository, proof);
      await save(wave.name);
    },
    async take(wave, { failures, written }, expected) {
      for (const { repository, message } of failures) {
        if (repository !== undefined)
          record(wave, { repository, state: "failed", detail: message });
      }
      const files = new Map(written.map((each) => [each.repository, each]));
      for (const [repository, proof] of expected) {
        if (stateOf(repository) === "failed") continue;
        const { commit, pullRequestUrl } = files.get(repository) ?? {};
        const before = journal?.unproved[repository];
        if (commit !== undefined) unproved.set(repository, { ...proof, commit });
        else if (pullRequestUrl !== undefined && proof.credential && context.gate) {
          unproved.set(repository, { ...proof, pullRequestUrl });
        } else if (pullRequestUrl !== undefined) {
          unproved.delete(repository);
          record(wave, { repository, ...mergeFirst(pullRequestUrl) });
        } else if (!proof.credential && !before && !context.stop.aborted) {
          // The files were there already.
          unproved.delete(repository);
        }
      }
      for (const repository of wave.repositories) {
        if (stateOf(repository) === "applying") record(wave, { repository, state: "applied" });
      }
      await save(wave.name);
    },
    async settle(wave) {
      for (const repository of wave.repositories) {
        const state = stateOf(repository);
        if (state === "healthy" || state === "merge") unproved.delete(repository);
      }
      await save(wave.name);
    },
    async forget(wave) {
      for (const repository of wave.repositories) unproved.delete(repository);
      await save(wave.name);
    },
    failedIn: ({ name }) => failed().filter(({ wave }) => wave === name),
    isOverBudget: () =>
      failed().length > failuresAllowed(stack.settings, fleet.repositories.length),
    end: (outcome, wave, reasons) => ({
      outcome,
      wave: wave?.name,
      reasons,
      repositories: Object.fromEntries([...results].sort(([a], [b]) => (a < b ? -1 : 1))),
    }),
  };
}
