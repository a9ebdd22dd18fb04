import {
  exampleSeed,
  loadSeed,
  type Seed,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../src/index.ts";

/**
 * Starts the simulator with its default organisation; pushes start no workflows.
 *
 * @param change differences from the default
 */
export async function startAcme(
  options: Omit<SimulatorOptions, "seed"> = {},
  change: (seed: Seed) => void = () => {},
): Promise<Simulator> {
  const seed = await loadSeed(exampleSeed);
  change(seed);
  return startSimulator({ actions: false, ...options, seed });
}
