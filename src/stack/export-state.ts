import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import type { StackEngine } from "./stack-engine.ts";
import { stackRecord, type StackRecord } from "./stack-record.ts";

/**
 * A stack's state, with its secrets as the engine encrypted them. The Automation API's own export takes
 * three times as long and decrypts everything, a provider's token included; its import writes that to a
 * temporary file.
 *
 * @throws {EngineError} the engine could not export it
 */
export async function exportState(engine: StackEngine): Promise<Deployment> {
  return JSON.parse(await engine.run(["stack", "export"])) as Deployment;
}

/** What a stack wrote, by its state; throws as {@link stackRecord} does. */
export async function readStackRecord(engine: StackEngine): Promise<StackRecord> {
  return stackRecord((await exportState(engine)).deployment);
}
