import picomatch from "picomatch";
import { UserError } from "../user-error.ts";
import type { FleetConfig } from "./fleet-config.ts";

/** Repositories that change together; the next wave waits until they publish again. */
export interface Wave {
  readonly name: string;
  /** Sorted by name; never empty. */
  readonly repositories: readonly string[];
}

/**
 * Deals the fleet out to waves, in order. Every repository is in exactly one: the first that takes
 * it, or the last one, `rest`, which takes those that are left. A wave that nothing is left for is
 * left out.
 *
 * @param repositories the fleet's names
 * @throws {UserError} a wave names a repository that is not in the fleet
 */
export function planWaves(
  repositories: readonly string[],
  waves: FleetConfig["waves"],
): readonly Wave[] {
  assertAllInFleet(repositories, waves);
  const left = new Set([...repositories].sort());
  const planned = waves.map(({ name, repositories: globs = ["*"], share }) => {
    const matches = picomatch([...globs], { nocase: true, dot: true });
    const taken = [...left]
      .filter((each) => matches(each))
      .slice(0, countOf(share, repositories.length));
    for (const each of taken) left.delete(each);
    return { name, repositories: taken };
  });
  return [...planned, { name: "rest", repositories: [...left] }].filter(
    (wave) => wave.repositories.length > 0,
  );
}

/**
 * @param share a number, or a share of the whole such as `25%`, rounded up; everything if absent
 */
function countOf(share: string | number | undefined, whole: number): number {
  if (share === undefined) return whole;
  return typeof share === "number" ? share : Math.ceil((whole * Number.parseInt(share, 10)) / 100);
}

/** A canary with a typing error in its name would let the whole fleet go without one. */
function assertAllInFleet(repositories: readonly string[], waves: FleetConfig["waves"]): void {
  const known = new Set(repositories.map((name) => name.toLowerCase()));
  const problems = waves.flatMap((wave, index) =>
    (wave.repositories ?? [])
      .filter((name) => /^[\w.-]+$/.test(name) && !known.has(name.toLowerCase()))
      .map((name) => `fleet.waves[${index}].repositories: "${name}" is not in the fleet`),
  );
  if (problems.length === 0) return;
  throw new UserError(
    `the waves name what is not there:\n${problems.map((each) => `  ${each}; correct or remove it`).join("\n")}`,
  );
}
