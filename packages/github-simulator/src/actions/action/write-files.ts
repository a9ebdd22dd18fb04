import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TreeFile } from "../host/actions-host.ts";

/** Writes files of a commit into a folder. */
export function writeFiles(folder: string, files: readonly TreeFile[]): void {
  mkdirSync(folder, { recursive: true });
  for (const { path, mode, content } of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (mode === "120000") symlinkSync(new TextDecoder().decode(content), file);
    else writeFileSync(file, content);
    if (mode === "100755") chmodSync(file, 0o755);
  }
}
