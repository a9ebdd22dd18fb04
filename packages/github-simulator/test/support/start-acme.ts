import {
  loadSeed,
  startSimulator,
  type Seed,
  type Simulator,
  type SimulatorOptions,
} from "../../src/index.ts";

const acme = new URL("../../seeds/acme.yaml", import.meta.url);

/**
 * Starts the simulator with the organisation that it has by default.
 *
 * @param change what is other than by default
 */
export async function startAcme(
  options: Omit<SimulatorOptions, "seed"> = {},
  change: (seed: Seed) => void = () => {},
): Promise<Simulator> {
  const seed = await loadSeed(acme);
  change(seed);
  return startSimulator({ ...options, seed });
}
