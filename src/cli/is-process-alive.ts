import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a process that was killed may take to go: the kernel has its memory to free first. */
const farewellMilliseconds = 3_000;

/** Whether a process of this machine is alive, and stays so for a moment. */
export async function isProcessAlive(pid: number): Promise<boolean> {
  const until = Date.now() + farewellMilliseconds;
  while (isThere(pid)) {
    if (Date.now() >= until) return true;
    await sleep(50);
  }
  return false;
}

/** Signal 0 asks whether a process is there: https://nodejs.org/api/process.html#processkillpid-signal */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It is there and somebody else's.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return !isZombie(pid);
}

/**
 * A dead process answers signals until its parent takes notice, which the first process of a
 * container may never do. Its state is the field after the name, which stands in parentheses.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return /^[ZXx]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    // There is no such file outside of Linux.
    return false;
  }
}
