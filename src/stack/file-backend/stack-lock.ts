import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../parse-json.ts";
import { isRunning } from "../../is-running.ts";
import { UserError } from "../../user-error.ts";
import { stackFiles, type ProjectPlace, type StackFiles } from "./stack-files.ts";

const lockSchema = z.looseObject({ pid: z.number(), username: z.string(), hostname: z.string() });

/** The engine's lock of a stack. */
export interface StackLock {
  /** As the engine names it: `root@host (pid 4711)` */
  readonly holder: string;
  /** `unknown` on another machine, whose processes cannot be seen from here. */
  readonly process: "running" | "ended" | "unknown";
}

/**
 * @returns nothing where nobody has it, or it cannot be read
 * @see https://github.com/pulumi/pulumi/blob/v3.276.0/pkg/backend/diy/lock.go
 */
export async function stackLock({
  folder,
  project,
  stack,
}: StackFiles): Promise<StackLock | undefined> {
  const locks = join(folder, "locks", "organization", project, stack);
  const files = await readdir(locks).catch(() => []);
  for (const file of files.filter((each) => each.endsWith(".json"))) {
    const text = await readFile(join(locks, file), "utf8").catch(() => "");
    const { data: lock } = lockSchema.safeParse(parseJson(text));
    if (!lock) continue;
    const { username, hostname: host, pid } = lock;
    const process = host !== hostname() ? "unknown" : isRunning(pid) ? "running" : "ended";
    return { holder: `${username}@${host} (pid ${pid})`, process };
  }
  return undefined;
}

/**
 * Between two updates of a rollout nobody has the lock; one that a killed engine left stops each of them, and is found
 * only after the preview.
 *
 * @throws {UserError} the process that has the lock of a stack has ended
 */
export async function assertNoLeftLock(
  place: ProjectPlace,
  stacks: readonly string[],
): Promise<void> {
  for (const stack of stacks) {
    const files = await stackFiles(place, stack);
    const lock = files && (await stackLock(files));
    if (lock?.process !== "ended") continue;
    throw new UserError(
      `an update of ${stack} was killed: ${lock.holder} has ended, and left its lock. Run \`ghcr-fleet recover ${stack}\` first`,
    );
  }
}
