import { readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { claimToday } from "../src/once-a-day.ts";

/** Code that no process has read or written for this long is deleted: 30 days. */
const keptMilliseconds = 30 * 86_400_000;

/**
 * Deletes compiled code that is no longer used, at most once a day: Node never does, and an upgrade, another folder
 * or another Node make new files.
 *
 * @param folder the value of NODE_COMPILE_CACHE; created if missing
 * @see https://nodejs.org/api/module.html#module-compile-cache
 */
export async function deleteUnusedCode(folder: string, now = Date.now()): Promise<void> {
  if (!(await claimToday(folder, now))) return;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // Another process may have deleted it. Where reading leaves no time, code in use is compiled once a month.
    const { atimeMs, mtimeMs } = await stat(path).catch(() => ({ atimeMs: now, mtimeMs: now }));
    if (now - Math.max(atimeMs, mtimeMs) > keptMilliseconds) await unlink(path).catch(() => {});
  }
}
