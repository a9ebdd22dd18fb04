import type { View } from "./view.ts";
import { structuredPatch } from "diff";
import type { FileChange } from "../world/objects/compare-trees.ts";
import type { Repository } from "../world/state/repository.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository.ts";
import { isSubmodule, type TreeEntry } from "../world/objects/git-objects.ts";
import { noObject, readBlob } from "../world/objects/repository-git.ts";

/** The hunks of a change, as `patch` of GitHub's `diff-entry`; undefined for binary files. */
function hunksOf(repository: Repository, change: FileChange): string | undefined {
  const [before, after] = [change.before, change.after].map((entry) => textOf(repository, entry));
  if (before === undefined || after === undefined) return undefined;
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: 3 });
  return hunks
    .map(({ oldStart, oldLines, newStart, newLines, lines }) =>
      [`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`, ...lines].join("\n"),
    )
    .join("\n");
}

/** What `git diff` prints: https://git-scm.com/docs/diff-format#generate_patch_text_with_p */
export function unifiedDiff(repository: Repository, changes: readonly FileChange[]): string {
  return changes.map((change) => fileDiff(repository, change)).join("");
}

function fileDiff(repository: Repository, change: FileChange): string {
  const { path, before, after } = change;
  const [from, to] = [before?.oid ?? noObject, after?.oid ?? noObject].map((oid) =>
    oid.slice(0, 7),
  );
  const sameMode = before?.mode === after?.mode ? ` ${after?.mode}` : "";
  const lines = [`diff --git a/${path} b/${path}`];
  if (before === undefined) lines.push(`new file mode ${after?.mode}`);
  else if (after === undefined) lines.push(`deleted file mode ${before.mode}`);
  else if (sameMode === "") lines.push(`old mode ${before.mode}`, `new mode ${after.mode}`);
  if (from !== to) lines.push(`index ${from}..${to}${sameMode}`);
  const names = [before ? `a/${path}` : "/dev/null", after ? `b/${path}` : "/dev/null"];
  const hunks = hunksOf(repository, change);
  if (hunks === undefined) lines.push(`Binary files ${names.join(" and ")} differ`);
  else if (hunks !== "") lines.push(`--- ${names[0]}`, `+++ ${names[1]}`, hunks);
  return `${lines.join("\n")}\n`;
}

function range(start: number, lines: number): string {
  if (lines === 1) return String(start);
  // For zero lines, git gives the line before.
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

/** A file's text; empty if there is no file, and undefined if it is binary. */
function textOf(repository: Repository, entry: TreeEntry | undefined): string | undefined {
  if (entry === undefined) return "";
  if (isSubmodule(entry)) return `Subproject commit ${entry.oid}\n`;
  const bytes = readBlob(repository, entry.oid);
  return bytes.subarray(0, 8000).includes(0) ? undefined : bytes.toString("utf8");
}

/** GitHub's `diff-entry`. */
export function fileChangeShape(
  view: View,
  repository: Repository,
  commit: string,
  change: FileChange,
) {
  const { path, status, oid, additions, deletions } = change;
  const patch = hunksOf(repository, change);
  const html = repositoryHtmlUrl(repository);
  const encoded = encodeURIComponent(path);
  return {
    sha: oid,
    filename: path,
    status,
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${html}/blob/${commit}/${encoded}`,
    raw_url: `${html}/raw/${commit}/${encoded}`,
    contents_url: `${repositoryUrl(view, repository)}/contents/${encoded}?ref=${commit}`,
    // Absent for binary files, and if only the mode changed.
    ...(patch ? { patch } : {}),
  };
}
