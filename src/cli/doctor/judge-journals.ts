import { journalPath, readJournal } from "../../operations/waves/journal.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import { listed } from "../../format-text.ts";
import { stackHolder } from "../stacks/hold-stacks.ts";
import { ok, warning, type Finding } from "../../operations/doctor/finding.ts";

/**
 * Whether a rollout or a rotation of the stack has stopped here, and this version can continue it.
 *
 * @param folder the project's
 * @param opened the stack, whose configuration says that a rotation goes on; absent where it cannot be opened
 * @throws {UserError} a journal cannot be read, such as one of a later version
 */
export async function judgeJournals(
  folder: string,
  stack: string,
  opened?: Pick<OpenStack, "nextPat" | "patSources">,
): Promise<Finding[]> {
  const running = await stackHolder(folder, stack);
  const found: Finding[] = [];
  for (const [of, verb] of [
    ["rollout", "rollout"],
    ["rotation", "rotate"],
  ] as const) {
    const journal = await readJournal(journalPath(folder, stack, of), stack);
    // A rotation has a journal in its waves only.
    const isRotating = of === "rotation" && (opened?.nextPat ?? opened?.patSources.nextPat);
    if (!journal && !isRotating) continue;
    if (running !== undefined) {
      const wave = journal ? ` in the wave ${journal.wave}` : "";
      found.push(ok("journals", `a ${of} is running${wave}, with process ${running}`));
      continue;
    }
    const text = journal?.ended
      ? `the last ${of} ended, and ${listed(Object.keys(journal.unproved))} failed in it`
      : journal
        ? `a ${of} stopped in the wave ${journal.wave}`
        : `a ${of} stopped, or is running elsewhere: the configuration has its new PAT`;
    found.push(warning("journals", text, `ghcr-fleet ${verb} ${stack} --resume`));
  }
  return found.length > 0 ? found : [ok("journals", "no rollout and no rotation has stopped")];
}
