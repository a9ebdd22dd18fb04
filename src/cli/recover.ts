import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { recoveryLines } from "../report/recovery-lines.ts";
import { wrapLines } from "../report/wrap-lines.ts";
import { journalPath } from "../rollout/journal.ts";
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
    const unfinished = nextPat !== undefined ? "rotation" : unfinishedRollout(folder, name);
    const lines = recoveryLines(name, recovery, unfinished);
    process.stdout.write(`${wrapLines(lines.join("\n"), process.stdout.columns)}\n`);
  }
}

/** Whatever is in the journal: the rollout itself says what is wrong with it. */
function unfinishedRollout(folder: string, stack: string): "rollout" | undefined {
  return existsSync(journalPath(folder, stack)) ? "rollout" : undefined;
}

/** What a killed engine left half written would stop even the look at it. */
async function tidy(place: StackPlace): Promise<void> {
  const removed = await removeHalfWritten(await backendUrl(place).catch(() => ""));
  for (const file of removed) {
    process.stdout.write(`removed ${file}: it was only half written\n`);
  }
}
