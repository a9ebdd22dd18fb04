import {
  loadSeed,
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from "../../simulator/index.ts";

const acme = new URL("../../simulator/seeds/acme.yaml", import.meta.url);

/** Starts the simulator with the organisation that it has by default. */
export async function startAcme(options: Omit<SimulatorOptions, "seed"> = {}): Promise<Simulator> {
  return startSimulator({ ...options, seed: await loadSeed(acme) });
}
