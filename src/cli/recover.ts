import { hostname } from "node:os";
import { recoveryLines } from "../report/recovery-lines.ts";
import { journalPath, readJournal } from "../rollout/journal.ts";
import { recoverStack } from "../rollout/recover-stack.ts";
import { backendUrl, type OpenStack, type StackPlace } from "../stack/open-stack.ts";
import { removeBrokenSidecars } from "../stack/remove-broken-sidecars.ts";
import { commandPlace, openCommandStacks } from "./open-command-stacks.ts";

export interface RecoverCommand {
  readonly force?: boolean;
}

/** `ghcr-fleet recover`: puts stacks right after a crash, one after the other. */
export async function recover(
  names: readonly string[],
  { force = false }: RecoverCommand,
): Promise<void> {
  const folder = process.cwd();
  const stacks = await openAfterCrash(await commandPlace(folder), names);
  for (const { name, automation, nextPat } of stacks) {
    const recovery = await recoverStack({ stack: automation, host: hostname(), isAlive, force });
    const journal = await readJournal(journalPath(folder, name));
    const unfinished = nextPat !== undefined ? "rotation" : journal && "rollout";
    const lines = recoveryLines(name, recovery, unfinished);
    process.stdout.write(`${lines.join("\n")}\n`);
  }
}

async function openAfterCrash(place: StackPlace, names: readonly string[]): Promise<OpenStack[]> {
  try {
    return await openCommandStacks(place, names);
  } catch (error) {
    const removed = await removeBrokenSidecars(await backendUrl(place).catch(() => ""));
    if (removed.length === 0) throw error;
    const lines = removed.map((file) => `removed ${file}: it was only half written\n`);
    process.stdout.write(lines.join(""));
    return openCommandStacks(place, names);
  }
}

/** Signal 0 asks whether a process is there: https://nodejs.org/api/process.html#processkillpid-signal */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
