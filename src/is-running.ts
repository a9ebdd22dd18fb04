import { readFileSync } from "node:fs";

/**
 * Whether a process of this machine runs.
 *
 * @see https://nodejs.org/api/process.html#processkillpid-signal signal 0 only asks
 */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs and belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return !isZombie(pid);
}

/**
 * A process that has ended answers signals until its parent asks for its exit code, which the first
 * process of a container may never do. The state is the field after the name, which is in parentheses.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return /^[ZXx]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    // Only Linux has such a file.
    return false;
  }
}
