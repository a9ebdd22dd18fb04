import { mkdir, readdir, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

const day = 86_400_000;

/** Code that no process has read or written for this long is deleted. */
const keptDays = 30;

/**
 * Deletes compiled code that is no longer used, at most once a day: Node never does, and an upgrade, another folder
 * or another Node make new files.
 *
 * @param folder the value of NODE_COMPILE_CACHE; created if missing
 * @see https://nodejs.org/api/module.html#module-compile-cache
 */
export async function deleteUnusedCode(folder: string, now = Date.now()): Promise<void> {
  const marker = join(folder, "cleaned");
  const cleaned = await stat(marker).catch(() => undefined);
  if (cleaned && now - cleaned.mtimeMs < day) return;
  try {
    await mkdir(folder, { recursive: true });
    // First, so that commands at the same time do not do it, too.
    await writeFile(marker, "");
  } catch {
    // A folder that cannot be written does not grow.
    return;
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // Another process may have deleted it. Where reading leaves no time, code in use is compiled once a month.
    const { atimeMs, mtimeMs } = await stat(path).catch(() => ({ atimeMs: now, mtimeMs: now }));
    if (now - Math.max(atimeMs, mtimeMs) > keptDays * day) await unlink(path).catch(() => {});
  }
}
