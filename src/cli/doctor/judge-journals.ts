import { journalPath, readJournal } from "../../operations/waves/journal.ts";
import { ok, warning, type Finding } from "../../operations/doctor/finding.ts";

/**
 * Whether a rollout or a rotation of the stack has stopped here, and this version can continue it.
 *
 * @param folder the project's
 * @throws {UserError} a journal cannot be read, such as one of a later version
 */
export async function judgeJournals(folder: string, stack: string): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [of, verb] of [
    ["rollout", "rollout"],
    ["rotation", "rotate"],
  ] as const) {
    const journal = await readJournal(journalPath(folder, stack, of), stack);
    if (!journal) continue;
    const text = `a ${of} stopped in the wave ${journal.wave}`;
    found.push(warning("journals", text, `ghcr-fleet ${verb} ${stack} --resume`));
  }
  return found.length > 0 ? found : [ok("journals", "no rollout and no rotation has stopped")];
}
