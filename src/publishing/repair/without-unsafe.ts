import type { SourceFile } from "../read/source-file.ts";
import { changedElsewhere } from "./changed-elsewhere.ts";
import { applyEdits, type Edit, type Unresolved } from "./edit.ts";
import { notMade, type Settled, type SettledEdit } from "./settle-changes.ts";

/**
 * Leaves out the edits of files that would change more than they should, which is a bug of ours, and the edits
 * of the same repairs in other files. They are reported to a person instead.
 */
export function withoutUnsafe({ edits, unresolved }: Settled): Settled {
  const byFile = Map.groupBy(edits, ({ edit }) => edit.file);
  const unsafe = [...byFile].filter(([file, own]) => !isSafe(file, own)).map(([file]) => file);
  if (unsafe.length === 0) return { edits, unresolved };
  const failed = new Set(
    edits.filter(({ edit }) => unsafe.includes(edit.file)).flatMap(({ repairs }) => [...repairs]),
  );
  const isKept = ({ edit, repairs }: SettledEdit) =>
    !unsafe.includes(edit.file) && [...repairs].some((repair) => !failed.has(repair));
  const reports = edits
    .filter((each) => !isKept(each))
    .map(({ edit, repairs }) => ({
      unresolved: unsafe.includes(edit.file) ? asBug(edit) : notMade(edit, otherFile),
      repairs,
    }));
  return { edits: edits.filter(isKept), unresolved: [...unresolved, ...reports] };
}

const otherFile = "this belongs to a repair of another file that was not made";

function asBug(edit: Edit): Unresolved {
  const report = notMade(
    edit,
    "this edit would change more of the file than it is for, so nothing of the file is changed: a bug in ghcr-fleet",
  );
  const howToReport =
    "and report it as an issue of ghcr-fleet, with the lines around this one and `ghcr-fleet --version`";
  return { ...report, fix: `${report.fix}\n${howToReport}` };
}

function isSafe(file: SourceFile, edits: readonly SettledEdit[]): boolean {
  const own = edits.map(({ edit }) => edit);
  try {
    const text = applyEdits(file.text, own);
    return own.every((edit) => isInPlace(file, edit)) || !changedElsewhere(file, own, text);
  } catch {
    // Edits that overlap.
    return false;
  }
}

/**
 * Whether one expression replaces another, both without a character with a meaning in YAML in the middle of a
 * text: then the lines around it keep their meaning, and the file need not be read again.
 */
function isInPlace({ text }: SourceFile, { start, end, text: fresh }: Edit): boolean {
  const plain = /^\$\{\{[\w .|&()-]*\}\}$/;
  return plain.test(text.slice(start, end)) && plain.test(fresh);
}
