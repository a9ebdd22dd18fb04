import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Claims the daily task of a folder in the user's cache: of all processes on this machine, one does it, once a day.
 * Nobody claims that of a folder that cannot be written, because there is nothing to clean up.
 *
 * @param folder created if missing; the file `cleaned` in it has the time of the last claim
 * @returns whether the caller has to do the task now
 */
export async function claimToday(folder: string, now = Date.now()): Promise<boolean> {
  const marker = join(folder, "cleaned");
  const last = await stat(marker).catch(() => undefined);
  // A time in the future is that of a clock that was wrong.
  if (last && Math.abs(now - last.mtimeMs) < 86_400_000) return false;
  try {
    await mkdir(folder, { recursive: true });
    // Before the task, so that processes at the same time do not do it, too.
    await writeFile(marker, "");
    return true;
  } catch {
    return false;
  }
}
