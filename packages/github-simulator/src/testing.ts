// The entry for tests: what reaches into the simulated world.
export { virtualClock } from "./clock.ts";
export type { FaultEffect, FaultMatch, FaultyRequest } from "./http/faults.ts";
export type { Run } from "./actions/run/run-record.ts";
export { startPlatform, type Platform, type PlatformOptions } from "./platform/start-platform.ts";
export { requiredApprovals, rulesFor } from "./world/repositories/branch-rules.ts";
export { propertiesOf } from "./world/repositories/custom-properties.ts";
export { rotateSealingKey } from "./world/secrets/secret-stores.ts";
