import { hostname } from "node:os";
import { recoveryLines } from "../report/recovery-lines.ts";
import { journalPath, readJournal } from "../rollout/journal.ts";
import { recoverStack } from "../rollout/recover-stack.ts";
import { backendUrl, type StackPlace } from "../stack/open-stack.ts";
import { removeHalfWritten } from "../stack/remove-half-written.ts";
import { isProcessAlive } from "./is-process-alive.ts";
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
  const place = await commandPlace(folder);
  await tidy(place);
  const stacks = await openCommandStacks(place, names);
  for (const { name, automation, nextPat } of stacks) {
    const recovery = await recoverStack({
      stack: automation,
      host: hostname(),
      isAlive: isProcessAlive,
      force,
    });
    const journal = await readJournal(journalPath(folder, name));
    const unfinished = nextPat !== undefined ? "rotation" : journal && "rollout";
    const lines = recoveryLines(name, recovery, unfinished);
    process.stdout.write(`${lines.join("\n")}\n`);
  }
}

/** What a killed engine left half written would stop even the look at it. */
async function tidy(place: StackPlace): Promise<void> {
  const removed = await removeHalfWritten(await backendUrl(place).catch(() => ""));
  for (const file of removed) {
    process.stdout.write(`removed ${file}: it was only half written\n`);
  }
}
