import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "../../is-running.ts";

/** How long a process that was killed may take to go: the kernel has its memory to free first. */
const farewellMilliseconds = 3_000;

/** Whether a process of this machine is alive, and stays so for a moment. */
export async function isProcessAlive(pid: number): Promise<boolean> {
  const until = Date.now() + farewellMilliseconds;
  while (isRunning(pid)) {
    if (Date.now() >= until) return true;
    await sleep(50);
  }
  return false;
}
