import type { World } from "./world/world.ts";

export { startSimulator } from "./start-simulator.ts";
export type { Simulator, SimulatorOptions, Snapshot } from "./simulator.ts";
export { exampleSeed, loadSeed, parseSeed, SeedError, type Seed, type SeedInput } from "./seed.ts";
export { realClock, virtualClock, type Clock, type VirtualClock } from "./clock.ts";
export type { RequestRecord } from "./request-log.ts";
export { runCommandLine, type CommandLine } from "./command/run-command-line.ts";
export type { ByHand } from "./by-hand.ts";
export type { FaultEffect, FaultMatch, Faults, FaultyRequest } from "./http/faults.ts";
export type { Limits } from "./http/rate-limits.ts";
export type { SecretLocation } from "./world/find-secrets.ts";
export type { World } from "./world/world.ts";
export type { Run } from "./actions/records/run-record.ts";
