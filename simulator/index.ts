export {
  startSimulator,
  type Simulator,
  type SimulatorOptions,
  type Snapshot,
} from "./start-simulator.ts";
export { loadSeed, parseSeed, type Seed, type SeedInput } from "./seed.ts";
export { realClock, virtualClock, type Clock, type VirtualClock } from "./clock.ts";
export type { RequestRecord } from "./http/app.ts";
export type { World } from "./world/world.ts";
