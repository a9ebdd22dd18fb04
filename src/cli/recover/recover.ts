import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { sharingSecret } from "../../fleet/fleet.ts";
import { createGitHubClient } from "../../github/client/github-client.ts";
import { isRunning } from "../../is-running.ts";
import { recoveryLines } from "../../report/rollout/recovery-lines.ts";
import { withProgress } from "../terminal/with-progress.ts";
import { printText } from "../terminal/write-output.ts";
import { journalPath } from "../../operations/waves/journal.ts";
import { leftShadows } from "../../operations/rotation/shadows.ts";
import { recoverStack, type Recovery } from "../../stack/recover-stack.ts";
import type { RolloutEvent } from "../../operations/waves/rollout-event.ts";
import { isSecretUrn } from "../../stack/engine-change.ts";
import { findPresentFleet } from "../../stack/find-present-fleet.ts";
import { stackFiles } from "../../stack/file-backend/stack-files.ts";
import { removeHalfWritten } from "../../stack/file-backend/remove-half-written.ts";
import { restoreState } from "../../stack/file-backend/state-copies.ts";
import type { OpenStack, StackPlace } from "../../stack/open-stack.ts";
import { commandPlace, commandStacks, openCommandStacks } from "../stacks/open-command-stacks.ts";

export interface RecoverCommand {
  readonly force?: boolean;
}

/** `ghcr-fleet recover`: repairs stacks after a crash, one after the other. */
export async function recover(
  names: readonly string[],
  { force = false }: RecoverCommand,
): Promise<void> {
  const folder = process.cwd();
  const place = await commandPlace(folder);
  await removeLeftovers(place);
  const wanted = await commandStacks(place, names);
  for (const name of wanted) await restore(place, name);
  const stacks = await openCommandStacks(place, wanted);
  const print = (lines: readonly string[]) => printText(lines.join("\n"));
  for (const stack of stacks) {
    const { name, engine, nextPat, patSources } = stack;
    const recovery = await withProgress(`${name}: comparing the state with GitHub`, () =>
      recoverStack({ engine, host: hostname(), isAlive: isProcessAlive, force }),
    );
    const unfinished =
      (nextPat ?? patSources.nextPat) !== undefined ? "rotation" : unfinishedRollout(folder, name);
    // A rotation adopts or removes the secrets that it wrote.
    const left = unfinished === "rotation" ? [] : await shadowsOf(stack, recovery, print);
    print(recoveryLines(name, recovery, unfinished, left));
  }
}

/** Secrets that were being created: the state no longer knows them, but they may exist. */
async function shadowsOf(
  stack: OpenStack,
  { pending }: Recovery,
  print: (lines: readonly string[]) => void,
): Promise<string[]> {
  const names = new Set(
    pending
      .filter(({ kind, urn }) => kind === "creating" && isSecretUrn(urn))
      .map(({ repository }) => repository),
  );
  const report = (event: RolloutEvent) => event.type === "note" && print([event.message]);
  if (names.size === 0) return [];
  const fleet = await findPresentFleet(createGitHubClient(stack.connection), stack);
  const sharing = sharingSecret(fleet.repositories);
  return leftShadows(
    { stack, report },
    sharing.filter(({ name }) => names.has(name)),
  );
}

/** Only whether there is a journal: the rollout checks its content. */
function unfinishedRollout(folder: string, stack: string): "rollout" | undefined {
  return existsSync(journalPath(folder, stack)) ? "rollout" : undefined;
}

/** A file that a killed engine left incomplete makes the engine fail to read the stack. */
async function removeLeftovers(place: StackPlace): Promise<void> {
  const files = await stackFiles(place, "");
  for (const file of files ? await removeHalfWritten(files.folder) : []) {
    process.stdout.write(`removed ${file}: it was incomplete\n`);
  }
}

/** A full disk may have destroyed the state. */
async function restore(place: StackPlace, stack: string): Promise<void> {
  const files = await stackFiles(place, stack);
  const restored = files && (await restoreState(files));
  if (!restored) return;
  const { problem, from, writtenAt } = restored;
  process.stdout.write(
    `${stack}: the state ${problem}; restored that of ${writtenAt.toISOString()}, from ${from}. The next update finds what was written to GitHub after that\n`,
  );
}

/** How long a killed process may take to end: the kernel frees its memory first. */
const longestEndMilliseconds = 3_000;

/** Whether a process of this machine runs, and does not end within a moment. */
export async function isProcessAlive(pid: number): Promise<boolean> {
  const until = Date.now() + longestEndMilliseconds;
  while (isRunning(pid)) {
    if (Date.now() >= until) return true;
    await sleep(50);
  }
  return false;
}
