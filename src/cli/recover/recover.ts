import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { recoveryLines } from "../../report/recovery-lines.ts";
import { wrapLines } from "../../report/wrap-lines.ts";
import { journalPath } from "../../operations/rollout/journal.ts";
import { leftShadows } from "../../operations/rotation/left-shadows.ts";
import { recoverStack, type Recovery } from "../../operations/rollout/recover-stack.ts";
import type { RolloutEvent } from "../../operations/rollout/rollout-event.ts";
import { backendUrl, type OpenStack, type StackPlace } from "../../stack/open-stack.ts";
import { removeHalfWritten } from "../../stack/remove-half-written.ts";
import { isProcessAlive } from "./is-process-alive.ts";
import { commandPlace, openCommandStacks } from "../open-command-stacks.ts";

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
  const print = (lines: readonly string[]) =>
    process.stdout.write(`${wrapLines(lines.join("\n"), process.stdout.columns)}\n`);
  for (const stack of stacks) {
    const { name, automation, nextPat } = stack;
    const recovery = await recoverStack({
      stack: automation,
      host: hostname(),
      isAlive: isProcessAlive,
      force,
    });
    const unfinished = nextPat !== undefined ? "rotation" : unfinishedRollout(folder, name);
    // A rotation takes over what it wrote itself, or takes it away.
    const left = unfinished === "rotation" ? [] : await shadowsOf(stack, recovery, print);
    print(recoveryLines(name, recovery, unfinished, left));
  }
}

/** What was being created is forgotten, and may be there all the same. */
async function shadowsOf(
  stack: OpenStack,
  { pending }: Recovery,
  print: (lines: readonly string[]) => void,
): Promise<string[]> {
  const names = pending
    .filter(({ kind, urn }) => kind === "creating" && urn.includes("ghcr:index:RegistrySecret::"))
    .flatMap(({ repository: name }) => (name === undefined ? [] : { name }));
  const tell = (event: RolloutEvent) => event.type === "note" && print([event.message]);
  return leftShadows({ stack, tell }, names);
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
