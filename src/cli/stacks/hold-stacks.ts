import { join } from "node:path";
import { lockOwner, withLock } from "../../with-lock.ts";
import { UserError } from "../../user-error.ts";

/**
 * Runs work of several updates while it holds a lock on its stacks, so that no other rollout or rotation
 * of them runs in this folder. The engine's own lock covers a single update: between two updates, another
 * command could give the fleet another PAT, or remove the journal.
 *
 * @throws {UserError} another command holds a stack, or the folder cannot be written
 */
export async function holdStacks<T>(
  folder: string,
  stacks: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const [stack, ...others] = stacks;
  if (stack === undefined) return work();
  const file = lockFile(folder, stack);
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
            `another rollout or rotation of ${stack} is running, with process ${pid} on ${host}: wait until it ends, or interrupt it`,
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

/** @returns the process of the rollout or rotation that holds the stack in this folder, if one does */
export async function stackHolder(folder: string, stack: string): Promise<number | undefined> {
  return (await lockOwner(lockFile(folder, stack)))?.pid;
}

function lockFile(folder: string, stack: string): string {
  return join(folder, ".ghcr-fleet", `${encodeURIComponent(stack)}.lock`);
}
