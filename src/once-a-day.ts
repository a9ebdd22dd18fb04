import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Whether a task of a folder in the user's cache is due, which all processes on this machine do once a day in all.
 * A folder that cannot be written has nothing to clean up.
 *
 * @param folder created if missing; the file `cleaned` in it has the time of the last task
 */
export async function isDueToday(folder: string, now = Date.now()): Promise<boolean> {
  const marker = join(folder, "cleaned");
  const last = await stat(marker).catch(() => undefined);
  if (last && now - last.mtimeMs < 86_400_000) return false;
  try {
    await mkdir(folder, { recursive: true });
    // Before the task, so that processes at the same time do not do it, too.
    await writeFile(marker, "");
    return true;
  } catch {
    return false;
  }
}
