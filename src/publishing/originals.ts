/** An edit that was made in a file, by whole lines. */
export interface MadeEdit {
  readonly file: string;
  /** From 1, before the edit. */
  readonly line: number;
  /** Empty when lines were only added. */
  readonly before: string;
  readonly after: string;
  /** The job in which it was made: elsewhere, the same lines are somebody else's. */
  readonly job?: string | undefined;
}

/**
 * Adds edits to those that were made before, so that each remembers what people wrote there last. One
 * that is made again, because somebody turned it back, is remembered once.
 *
 * @param present path to text, before the new edits; what is recorded of other files is dropped
 */
export function recordOriginals<Edit extends MadeEdit>(
  recorded: readonly Edit[],
  edits: readonly Edit[],
  present: Readonly<Record<string, string>>,
): Edit[] {
  const kept = recorded.filter(({ file }) => Object.hasOwn(present, file));
  const standing = kept.map((each, index) => {
    const alike = kept.slice(0, index).filter((other) => isAlike(other, each)).length;
    return linesThat(present[each.file] ?? "", each.after).length > alike;
  });
  for (const edit of edits) {
    const changed = kept.findIndex(
      ({ file, after }, index) =>
        standing[index] && edit.before !== "" && file === edit.file && after === edit.before,
    );
    const again = kept.findIndex((each, index) => !standing[index] && isAlike(each, edit));
    const at = changed >= 0 ? changed : again >= 0 ? again : kept.length;
    const before = changed >= 0 ? (kept[at]?.before ?? edit.before) : edit.before;
    const lines = plainLines(present[edit.file] ?? "");
    const index = edit.before === "" ? edit.line : edit.line - 1;
    const job = jobAt(lines, index, edit.before || edit.after);
    kept[at] = { ...edit, before, ...(job !== undefined && { job }) };
    standing[at] = true;
  }
  return kept;
}

/** Whether two edits left the same lines. */
function isAlike(one: MadeEdit, other: MadeEdit): boolean {
  return one.file === other.file && one.after === other.after;
}

/**
 * A text with the originals back in their places. What is no longer there is left as it is; of several
 * places that fit, the nearest to the recorded line is taken.
 */
export function restoreOriginals(text: string, edits: readonly MadeEdit[]): string {
  // From the end, so that the lines before keep their numbers.
  return edits
    .toSorted((one, other) => other.line - one.line)
    .reduce((rest, edit) => restore(rest, edit), text);
}

function restore(text: string, { line, before, after, job }: MadeEdit): string {
  const present = plainLines(text);
  const [place] = linesThat(text, after)
    .filter((each) => job === undefined || jobAt(present, each - 1, after) === job)
    .toSorted((one, other) => Math.abs(one - line) - Math.abs(other - line));
  if (place === undefined) return text;
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const lines = text.slice(mark.length).split("\n");
  const [start, count] = [place - 1, after.split("\n").length];
  const ending = lines[start]?.endsWith("\r") ? "\r" : "";
  const restored = before === "" ? [] : before.split("\n").map((each) => each + ending);
  const isEnd = start + count === lines.length;
  lines.splice(start, count, ...restored);
  const whole = lines.join("\n");
  // A text without a final line break keeps none.
  return mark + (isEnd ? whole.replace(/\r$/, "") : whole);
}

/** The lines, from 1, at which these whole lines stand in a text. */
function linesThat(text: string, wanted: string): number[] {
  const lines = plainLines(text);
  const block = wanted.split("\n");
  return lines.flatMap((_, index) =>
    block.every((each, offset) => lines[index + offset] === each) ? [index + 1] : [],
  );
}

function plainLines(text: string): string[] {
  return text
    .replaceAll("\r\n", "\n")
    .replace(/^\uFEFF/, "")
    .split("\n");
}

/** The id of the job around the line at an index, from 0, that begins with `own`; by indentation. */
function jobAt(lines: readonly string[], index: number, own: string): string | undefined {
  let inner = own;
  for (const line of lines.slice(0, index).reverse()) {
    if (/^\s*(?:#|$)/.test(line) || line.search(/\S/) >= inner.search(/\S/)) continue;
    if (/^["']?jobs["']?\s*:/.test(line)) return /^\s*["']?([\w-]+)["']?\s*:/.exec(inner)?.[1];
    inner = line;
  }
  return undefined;
}
