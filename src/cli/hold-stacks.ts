import { join } from "node:path";
import { withLock } from "../with-lock.ts";
import { UserError } from "../user-error.ts";

/**
 * Does what takes several updates of stacks while no other rollout or rotation of them does so in
 * this folder. The engine's own lock holds for one update: between two, another command could give
 * the fleet another PAT, or take away the journal.
 *
 * @throws {UserError} another one is at it, or the folder cannot be written
 */
export async function holdStacks<T>(
  folder: string,
  stacks: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const [stack, ...others] = stacks;
  if (stack === undefined) return work();
  const file = join(folder, ".ghcr-fleet", `${encodeURIComponent(stack)}.lock`);
  let isHeld = false as boolean;
  try {
    return await withLock(
      file,
      () => {
        isHeld = true;
        return holdStacks(folder, others, work);
      },
      {
        onWait({ pid, host }) {
          throw new UserError(
            `another rollout or rotation of ${stack} is running, with process ${pid} on ${host}: let it end, or interrupt it`,
          );
        },
      },
    );
  } catch (error) {
    if (isHeld || error instanceof UserError) throw error;
    throw new UserError(
      `cannot hold ${file} (${(error as Error).message}): make it writable, or delete it`,
    );
  }
}
