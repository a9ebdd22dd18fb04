import { expect, test } from "vitest";
import { isMap } from "yaml";
import { readSourceFile } from "../../../src/publishing/read/source-file.ts";
import type { Edit, Repair } from "../../../src/publishing/repair/edit.ts";
import { withoutUnsafe } from "../../../src/publishing/repair/without-unsafe.ts";
import { workflow } from "../workflow-text.ts";

const text = workflow();

function editIn(path: string, from: string, to: string): Edit {
  const file = readSourceFile(path, text);
  const start = text.indexOf(from);
  if (!isMap(file.root)) throw new Error("the workflow does not parse");
  const edit = { file, start, end: start + from.length, text: to, node: file.root };
  return { ...edit, kind: "credential", claimant: file };
}

function needing(...edits: Edit[]): Repair {
  return { files: [], changes: edits.map((edit) => ({ edit })) };
}

const token = "${{ secrets.GITHUB_TOKEN }}";

test("a wrong edit of ours becomes a report of its file and of what belongs to it", () => {
  const wrong = editIn("wrong.yml", token, "x\nsteps: []");
  const withWrong = editIn("caller.yml", token, "${{ secrets.GHCR_PAT }}");
  const right = editIn("right.yml", token, "${{ secrets.GHCR_PAT }}");
  const [broken, whole] = [needing(wrong, withWrong), needing(right)];
  const settled = withoutUnsafe({
    edits: [
      { edit: wrong, repairs: new Set([broken]) },
      { edit: withWrong, repairs: new Set([broken]) },
      { edit: right, repairs: new Set([whole]) },
    ],
    unresolved: [],
  });
  expect(settled.edits.map(({ edit }) => edit.file.path)).toEqual(["right.yml"]);
  expect(
    settled.unresolved.map(({ unresolved: { file, line, reason } }) => [file.path, line, reason]),
  ).toEqual([
    ["wrong.yml", 13, expect.stringContaining("a bug in ghcr-fleet")],
    ["caller.yml", 13, "this belongs to a repair of another file that was not made"],
  ]);
  expect(settled.unresolved[0]?.unresolved.fix).toContain("report it as an issue of ghcr-fleet");
});

test("edits that overlap are a mistake, too", () => {
  const [one, other] = [editIn("ci.yml", token, "a"), editIn("ci.yml", "GITHUB_TOKEN", "b")];
  const sameFile = { ...other, file: one.file };
  const repairs = new Set([needing(one, sameFile)]);
  const settled = withoutUnsafe({
    edits: [
      { edit: one, repairs },
      { edit: sameFile, repairs },
    ],
    unresolved: [],
  });
  expect(settled.edits).toEqual([]);
  expect(settled.unresolved).toHaveLength(2);
});
