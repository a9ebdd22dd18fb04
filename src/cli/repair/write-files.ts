import { randomUUID } from "node:crypto";
import { chmod, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../user-error.ts";

export interface FileChange {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Writes files, each as a whole or not at all: nothing is in its place before all are on the disk.
 *
 * @throws {UserError} a file that cannot be written, or was changed since it was read
 */
export async function writeFiles(changes: readonly FileChange[]): Promise<void> {
  const ready = changes.map((change) => ({
    ...change,
    draft: join(dirname(change.path), `.ghcr-fleet-${randomUUID()}.tmp`),
  }));
  try {
    for (const { path, before, after, draft } of ready) {
      if ((await readFile(path, "utf8")) !== before)
        throw new UserError(`${path}: this file was changed meanwhile; run the command again`);
      await writeFile(draft, after);
      await chmod(draft, (await stat(path)).mode);
    }
    for (const { path, draft } of ready) await rename(draft, path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, path } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${path === undefined ? "a file" : dirname(path)}: this cannot be written (${code ?? "unknown error"}); nothing else was changed`,
    );
  } finally {
    await Promise.all(ready.map(({ draft }) => rm(draft, { force: true })));
  }
}
