import type { Deployment, Stack } from "@pulumi/pulumi/automation/index.js";
import { stackRecord, type StackRecord } from "./stack-record.ts";

/** Exists, but is missing from the SDK's types. */
interface Command {
  run(args: string[], folder: string, env: Record<string, string>): Promise<{ stdout: string }>;
}

/**
 * A stack's state, with its secrets as the engine encrypted them. The Automation API's own export takes
 * three times as long and decrypts everything, a provider's token included; its import writes that to a
 * temporary file.
 *
 * @throws {CommandError} the engine could not export it
 */
export async function exportState({ name, workspace }: Stack): Promise<Deployment> {
  const command = workspace.pulumiCommand as unknown as Command;
  const args = ["stack", "export", "--stack", name];
  const { stdout } = await command.run(args, workspace.workDir, workspace.envVars);
  return JSON.parse(stdout) as Deployment;
}

/** What a stack wrote, by its state; throws as {@link stackRecord} does. */
export async function readStackRecord(stack: Stack): Promise<StackRecord> {
  return stackRecord((await exportState(stack)).deployment);
}
