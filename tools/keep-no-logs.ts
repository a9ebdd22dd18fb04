import { lstat, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const reason =
  "A file in the place of the folder for logs: the engine would write the values of secrets into them.\n";

/**
 * Keeps the engine from logging into a home that is ours. Of its own accord it takes down every
 * property of every call for a week, the PAT and the admin token among them, encrypted with the stack's
 * key. No setting turns that off, but it goes on without a log where it finds no folder for one.
 *
 * @param home the value of PULUMI_HOME
 * @see https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/logging/encrypted.go
 */
export async function keepNoLogs(home: string): Promise<void> {
  const logs = join(home, "logs");
  const found = await lstat(logs).catch(() => undefined);
  if (found?.isFile()) return;
  try {
    await rm(logs, { recursive: true, force: true });
    await writeFile(logs, reason);
  } catch {
    // A home that takes no files takes no logs. Where an engine that runs put its folder back, the next
    // command finds it.
  }
}
