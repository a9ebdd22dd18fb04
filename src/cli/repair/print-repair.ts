import { structuredPatch } from "diff";
import { count, listed } from "../../format-text.ts";
import { wantedCredential } from "../../publishing/read/credential.ts";
import { withoutTokens } from "../../publishing/pasted-secrets.ts";
import type { RepairedFile } from "../../publishing/repair-workflows.ts";
import { printable, printableLines } from "../../printable.ts";
import { colors } from "../terminal/colors.ts";
import type { RepairDocument } from "../terminal/json-documents.ts";

export interface ShownFile extends Pick<RepairedFile, "path" | "edits" | "unresolved" | "scripts"> {
  readonly before: string;
  readonly after: string;
}

export interface ShownRepair {
  readonly files: readonly ShownFile[];
  /** Other files of the checkout that also need a repair, and that nobody asked for. */
  readonly leftOut: readonly string[];
  readonly written: boolean;
  /** "GHCR_PAT" */
  readonly secret: string;
}

/** Increased when a field changes its meaning or is removed, not for a new field. */
const version = 1;

export function repairAsJson({ files, leftOut }: ShownRepair): string {
  const shown = files.map(({ path, edits, unresolved, scripts }) => ({
    path,
    edits: edits.map(({ line, kind, before, after }) => ({
      line,
      kind,
      before,
      after,
    })),
    unresolved: unresolved.map(({ line, reason, fix }) => ({ line, reason, fix })),
    ...(scripts.length > 0 && { notRead: scripts }),
  }));
  const also = leftOut.length > 0 ? { alsoNeedRepair: leftOut } : {};
  return JSON.stringify({ version, files: shown, ...also } satisfies RepairDocument, null, 2);
}

/** The changes as a diff, then what is left for a person, and one line that sums it up. */
export function repairAsText({ files, leftOut, written, secret }: ShownRepair): string {
  const diffs = files.filter(({ before, after }) => before !== after).map(diffOf);
  const open = files.flatMap(({ path, unresolved }) =>
    unresolved.map(
      ({ line, reason, fix }) =>
        `${printable(path)}:${line}: ${colors.yellow(printable(reason))}\n${indented(printableLines(fix))}`,
    ),
  );
  const unread = files.flatMap(({ path, scripts }) =>
    scripts.map(
      ({ line, runs, secrets }) =>
        `${printable(path)}:${line}: not read: ${printable(runs)}, which gets ${listed(secrets)}`,
    ),
  );
  const credential = wantedCredential({ secret, replaced: [] });
  const scriptFix = `where such a script logs in to the registry, give it:\n${credential}`;
  const scripts = unread.length > 0 ? [[...unread, indented(scriptFix)].join("\n")] : [];
  const also =
    leftOut.length > 0
      ? [
          `also ${leftOut.length === 1 ? "needs" : "need"} a repair: ${leftOut.map(printable).join(", ")}`,
        ]
      : [];
  return [...diffs, ...open, ...scripts, ...also, sumOf(files, written)].join("\n\n");
}

function sumOf(files: readonly ShownFile[], written: boolean): string {
  const changed = files.filter(({ before, after }) => before !== after).length;
  const open = files.reduce((sum, { unresolved }) => sum + unresolved.length, 0);
  const read = count(files.length, "file");
  const isUnread = files.some(({ scripts }) => scripts.length > 0);
  if (changed === 0 && open === 0)
    return `${read}: nothing to repair${isUnread ? " in what was read" : ""}`;
  const what = [
    changed > 0 &&
      (written ? `${count(changed, "file")} repaired` : `${count(changed, "file")} would change`),
    open > 0 && `${count(open, "place")} left for you`,
  ].filter((part) => part !== false);
  const next = changed > 0 && !written ? "; --write changes them" : "";
  return `${read}: ${what.join(", ")}${next}`;
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

function diffOf({ path, before, after }: ShownFile): string {
  const { hunks } = structuredPatch(path, path, before, after, undefined, undefined, {
    context: 2,
  });
  const name = printable(path);
  const head = [colors.bold(`--- a/${name}`), colors.bold(`+++ b/${name}`)];
  const body = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    colors.cyan(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
    ...lines.map(diffLine),
  ]);
  return [...head, ...body].join("\n");
}

function diffLine(line: string): string {
  const shown = printable(withoutTokens(line.replace(/\r$/, "")));
  if (line.startsWith("+")) return colors.green(shown);
  return line.startsWith("-") ? colors.red(shown) : shown;
}
