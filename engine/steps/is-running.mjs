import { readFileSync } from "node:fs";
import { codeOf } from "./code-of.mjs";

/**
 * Whether a process of this machine is there, and not only its entry.
 *
 * @param {number} pid
 * @returns {boolean}
 * @see https://nodejs.org/api/process.html#processkillpid-signal signal 0 only asks
 */
export function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Refused, it is there and somebody else's.
    if (codeOf(error) !== "EPERM") return false;
  }
  return !isZombie(pid);
}

/**
 * A dead process answers signals until its parent takes notice, which the first process of a
 * container may never do. Its state is the field after the name, which stands in parentheses.
 *
 * @param {number} pid
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
function isZombie(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return /^[ZXx]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    // There is no such file outside of Linux.
    return false;
  }
}
