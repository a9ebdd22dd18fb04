import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { hashFiles } from "../../src/actions/job/active-job.ts";
import { createWorld, logOf } from "./world.ts";

/** Uploads with these inputs; returns the paths inside the artifact. */
async function uploaded(inputs: string): Promise<string[]> {
  const run = await createWorld().runWorkflow(`
on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - run: mkdir -p out/sub other; touch out/sub/a.txt out/.hidden out/b.log other/c.txt top.txt "$RUNNER_TEMP/log"
      - uses: actions/upload-artifact@v7
        with: ${inputs}
`);
  expect(run.conclusion, logOf(run)).toBe("success");
  return Object.keys(run.artifacts[0]?.files ?? {}).toSorted();
}

/** https://github.com/actions/upload-artifact#upload-using-multiple-paths-and-exclusions */
describe("the paths inside an artifact", () => {
  it.each([
    ["a folder", "{ path: out }", ["b.log", "sub/a.txt"]],
    [
      "a folder with hidden files",
      "{ path: out, include-hidden-files: true }",
      [".hidden", "b.log", "sub/a.txt"],
    ],
    ["a pattern below a folder", "{ path: 'out/**/*.txt' }", ["sub/a.txt"]],
    ["one file", "{ path: out/sub/a.txt }", ["a.txt"]],
    ["a file outside the workspace", '{ path: "${{ runner.temp }}/log" }', ["log"]],
    ["several places", '{ path: "out/sub\\ntop.txt" }', ["out/sub/a.txt", "top.txt"]],
    ["a place inside another", '{ path: "out\\nout/sub" }', ["b.log", "sub/a.txt"]],
    ["all but a folder", '{ path: "out\\n!out/sub" }', ["b.log"]],
  ])("start where %s starts", async (_, inputs, expected) => {
    expect(await uploaded(inputs)).toEqual(expected);
  });
});

it("artifacts are downloaded by name, by pattern, separately or merged, and have an address", async () => {
  const run = await createWorld().runWorkflow(`
on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    strategy: { matrix: { n: [1, 2] } }
    steps:
      - run: echo \${{ matrix.n }} > \${{ matrix.n }}.txt
      - { id: up, uses: actions/upload-artifact@v7, with: { name: "part-\${{ matrix.n }}", path: "*.txt" } }
      - run: echo "\${{ steps.up.outputs.artifact-url }} \${{ steps.up.outputs.artifact-digest }}"
  b:
    needs: a
    runs-on: ubuntu-24.04
    steps:
      - { uses: actions/download-artifact@v8, with: { path: apart } }
      - { uses: actions/download-artifact@v8, with: { path: merged, pattern: part-*, merge-multiple: true } }
      - { uses: actions/download-artifact@v8, with: { path: one, name: part-2 } }
      - { uses: actions/download-artifact@v8, with: { path: none, pattern: other-* } }
      - run: find . -name '*.txt' | sort | tr '\\n' ' '
`);
  expect(run.conclusion).toBe("success");
  expect(logOf(run, 0)).toMatch(
    new RegExp(
      `\nhttps://github.com/acme/api/actions/runs/${run.id}/artifacts/\\d+ [0-9a-f]{64}\n`,
    ),
  );
  expect(logOf(run, 2)).toContain(
    "./apart/part-1/1.txt ./apart/part-2/2.txt ./merged/1.txt ./merged/2.txt ./one/2.txt",
  );
});

it("hashFiles includes hidden files and whole folders, and the last pattern that matches decides", () => {
  const folder = mkdtempSync(join(tmpdir(), "ghcr-fleet-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, ".hidden"));
  for (const name of ["a", "b", ".hidden/lock"]) writeFileSync(join(folder, name), name);
  const hash = (...patterns: string[]): string => hashFiles(folder, patterns);
  expect(hash("**/lock")).toBe(hash(".hidden"));
  expect(hash("*", "!b")).toBe(hash(".hidden/**", "a"));
  expect(hash("*", "!b", "b")).toBe(hash("**"));
  expect(hash("none")).toBe("");
  expect(hashFiles(join(folder, ".hidden"), ["../a"])).toBe("");
});
