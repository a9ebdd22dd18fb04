import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../parse-json.ts";
import type { StackFiles } from "./stack-files.ts";

const lockSchema = z.looseObject({ pid: z.number(), username: z.string(), hostname: z.string() });

/**
 * Who has the engine's lock of a stack, as the engine names it: `root@host (pid 4711)`.
 *
 * @returns nothing where nobody has it, or it cannot be read
 * @see https://github.com/pulumi/pulumi/blob/v3.276.0/pkg/backend/diy/lock.go
 */
export async function stackLock({
  folder,
  project,
  stack,
}: StackFiles): Promise<string | undefined> {
  const locks = join(folder, "locks", "organization", project, stack);
  const files = await readdir(locks).catch(() => []);
  for (const file of files.filter((each) => each.endsWith(".json"))) {
    const text = await readFile(join(locks, file), "utf8").catch(() => "");
    const { data: lock } = lockSchema.safeParse(parseJson(text));
    if (lock) return `${lock.username}@${lock.hostname} (pid ${lock.pid})`;
  }
  return undefined;
}
