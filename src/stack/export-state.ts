import type { Deployment, Stack } from "@pulumi/pulumi/automation/index.js";

/** Present, and left out of the SDK's types. */
interface Command {
  run(args: string[], folder: string, env: Record<string, string>): Promise<{ stdout: string }>;
}

/**
 * A stack's state, with what is secret in it as the engine encrypted it. The Automation API's own export
 * decrypts everything, a provider's token included, and its import writes that to a temporary file; it
 * also takes the engine three times as long.
 *
 * @throws {CommandError} the engine could not export it
 */
export async function exportState({ name, workspace }: Stack): Promise<Deployment> {
  const command = workspace.pulumiCommand as unknown as Command;
  const args = ["stack", "export", "--stack", name];
  const { stdout } = await command.run(args, workspace.workDir, workspace.envVars);
  return JSON.parse(stdout) as Deployment;
}
