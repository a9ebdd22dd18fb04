import type { FleetConfig } from "./fleet-config.ts";
import { withPat, type Fleet, type FleetRepository, type SkippedRepository } from "./fleet.ts";
import { nameMatcher } from "./name-patterns.ts";
import { assertNone } from "./problems.ts";

/** Repositories that change together; the next wave waits until they publish again. */
export interface Wave {
  readonly name: string;
  /** Sorted by name; empty only for what all repositories share. */
  readonly repositories: readonly string[];
}

/**
 * Assigns each repository of the fleet to a wave, in order. Every repository is in exactly one: the
 * first that matches it, or the last one, `rest`. Waves without repositories are left out.
 *
 * @param repositories the fleet's names
 * @param skipped repositories that are left out of the fleet, and why
 * @param rankOf a share takes those with the lowest rank first; by name where it is the same
 * @throws {UsageError} a wave names a repository that is not in the fleet, or a pattern without a match
 */
export function planWaves(
  repositories: readonly string[],
  waves: FleetConfig["waves"],
  skipped: readonly SkippedRepository[] = [],
  rankOf: (name: string) => number = () => 0,
): readonly Wave[] {
  assertAllInFleet(repositories, waves, skipped);
  const left = new Set([...repositories].sort().sort((a, b) => rankOf(a) - rankOf(b)));
  const planned = waves.map(({ name, repositories: globs = ["*"], share }) => {
    const taken = [...left]
      .filter(nameMatcher(globs))
      .slice(0, countOf(share, repositories.length));
    for (const each of taken) left.delete(each);
    return { name, repositories: taken.sort() };
  });
  return [...planned, { name: restName(planned), repositories: [...left].sort() }].filter(
    (wave) => wave.repositories.length > 0,
  );
}

/** How a rollout says to the program of the stack that its last waves, this many, come later. */
export const laterWavesVariable = "GHCR_FLEET_LATER_WAVES";

/** The names of the repositories that an update leaves to later waves. */
export function laterRepositories(
  { repositories, skipped }: Pick<Fleet, "repositories" | "skipped">,
  waves: FleetConfig["waves"],
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlySet<string> {
  const count = Number(environment[laterWavesVariable] ?? 0);
  if (!(count > 0)) return new Set();
  const names = repositories.map(({ name }) => name);
  const later = planWaves(names, waves, skipped).slice(-count);
  return new Set(later.flatMap((wave) => wave.repositories));
}

/**
 * The waves of a rotation: only repositories that publish with the PAT get another one. The first wave tries it, so a
 * share takes repositories with the secret of an environment last: a run that a push started does not get that one.
 *
 * @param fleet with the credentials that it declares, because program and rotation have to find the same waves
 */
export function planRotation(
  { repositories, skipped }: Pick<Fleet, "repositories" | "skipped">,
  waves: FleetConfig["waves"],
): readonly Wave[] {
  const names = repositories.map(({ name }) => name);
  const rotating = new Set(withPat(repositories).map(({ name }) => name));
  const ranks = new Map(repositories.map(({ name, credential }) => [name, trialRanks[credential]]));
  return planWaves(names, waves, skipped, (name) => ranks.get(name) ?? 0)
    .map((wave) => ({
      ...wave,
      repositories: wave.repositories.filter((each) => rotating.has(each)),
    }))
    .filter((wave) => wave.repositories.length > 0);
}

const trialRanks: Readonly<Record<FleetRepository["credential"], number>> = {
  organization: 0,
  repository: 0,
  environment: 1,
  "job-token": 2,
};

/** The names of waves must differ. */
function restName(planned: readonly Wave[]): string {
  const taken = new Set(planned.map(({ name }) => name.toLowerCase()));
  let name = "rest";
  for (let number = 2; taken.has(name); number += 1) name = `rest ${number}`;
  return name;
}

/**
 * @param share a number, or a share of the whole such as `25%`, rounded up; everything if absent
 */
function countOf(share: string | number | undefined, whole: number): number {
  if (share === undefined) return whole;
  return typeof share === "number" ? share : Math.ceil((whole * Number.parseInt(share, 10)) / 100);
}

/** After a typing error in the canary, the whole fleet would change without one. */
function assertAllInFleet(
  repositories: readonly string[],
  waves: FleetConfig["waves"],
  skipped: readonly SkippedRepository[],
): void {
  const problems = waves.flatMap((wave, index) =>
    (wave.repositories ?? []).flatMap((entry, position) => {
      if (repositories.some(nameMatcher([entry]))) return [];
      const at = `fleet.waves[${index}].repositories[${position}]`;
      const out = skipped.find(({ name }) => nameMatcher([entry])(name));
      return out
        ? [
            `${at}: ${out.name} is left out of the fleet (${out.reason}); name another one until then`,
          ]
        : [`${at}: "${entry}" matches no repository of the fleet; correct or remove it`];
    }),
  );
  assertNone(problems);
}
