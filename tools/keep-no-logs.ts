import { lstat, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const reason =
  "A file instead of the folder for logs: the engine would write the values of secrets into them.\n";

/**
 * Keeps the engine from logging into our own home. By default it logs every property of every call for
 * a week, including the PAT and the admin token, encrypted with the stack's key. No setting turns that
 * off, but without a folder for logs it runs without a log.
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
    // A home in which no file can be written gets no logs. If a running engine created its folder
    // again, the next command finds it.
  }
}
