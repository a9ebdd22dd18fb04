export {
  startSimulator,
  type Simulator,
  type SimulatorOptions,
  type Snapshot,
} from "./start-simulator.ts";
export { loadSeed, parseSeed, SeedError, type Seed, type SeedInput } from "./seed.ts";
export { realClock, virtualClock, type Clock, type VirtualClock } from "./clock.ts";
export type { RequestRecord } from "./http/app.ts";
export { runSimulate, type RunSimulateOptions } from "./run-simulate.ts";
export { byHand, type ByHand } from "./by-hand.ts";
export type { FaultEffect, FaultMatch, Faults } from "./http/faults.ts";
export type { Limits } from "./http/rate-limits.ts";
export type { SecretLocation } from "./world/secrets/secret-stores.ts";
export type { World } from "./world/world.ts";
