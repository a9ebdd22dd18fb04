import { expect, test } from "vitest";
import { changes, repaired, wanted, workflow } from "../workflow-text.ts";

/** The changes other than the credential. */
function changed(before: string): string[] {
  return changes(before, repaired(before).text).filter((line) => !line.includes("password"));
}

test.each([
  [["permissions:", "  contents: read # checkout"], ["+ packages: write"]],
  [
    ["permissions:", "    packages: read", "    contents: read"],
    ["- packages: read", "+ packages: write"],
  ],
  [
    ["permissions:", "  packages: 'none'"],
    ["- packages: 'none'", "+ packages: 'write'"],
  ],
  [
    ["permissions: { contents: read }"],
    ["- permissions: { contents: read }", "+ permissions: { contents: read, packages: write }"],
  ],
  [["permissions: {}"], ["- permissions: {}", "+ permissions: { packages: write }"]],
  [["permissions: write-all"], []],
])("the workflow's %j gets the missing permission", (top, expected) => {
  expect(changed(workflow({ top }))).toEqual(expected);
});

test("a file with both kinds of line ends keeps that of each line", () => {
  const before = workflow({ top: ["permissions:\r", "  contents: read\r"] });
  expect(repaired(before).text).toContain("  contents: read\r\n  packages: write\r\njobs:\n");
});

test("the job's own block counts, and the workflow's stays", () => {
  const before = workflow({
    top: ["permissions:", "  packages: write"],
    job: ["permissions:", "  contents: read"],
  });
  const { edits } = repaired(before);
  expect(
    edits.map(({ line, kind, before: old, after }) => ({ line, kind, old, after }))[0],
  ).toEqual({
    line: 8,
    kind: "permissions",
    old: "",
    after: "      packages: write",
  });
});

const others = ["  test:", "    runs-on: ubuntu-24.04", "    steps: [{ run: make test }]"];
const sign = [
  "  sign:",
  "    uses: acme/signing/.github/workflows/sign.yml@v1",
  "    with: { image: ghcr.io/acme/api }",
];

test("where other jobs need no more, the job gets the workflow's block with the permission", () => {
  const top = ["permissions:", "  contents: read # checkout", "  packages: read"];
  const before = `${workflow({ top })}${[...others, ...sign].join("\n")}\n`;
  const { text, unresolved } = repaired(before);
  expect(unresolved).toEqual([]);
  expect(text).toContain(
    "    runs-on: ubuntu-24.04\n    permissions:\n      contents: read\n      packages: write\n    steps:",
  );
  expect(text.slice(0, text.indexOf("jobs:"))).toBe(before.slice(0, before.indexOf("jobs:")));
  expect(repaired(text)).toMatchObject({ text, unresolved: [] });
});

test("where all jobs push, the workflow gets it", () => {
  const one = workflow({ top: ["permissions:", "  contents: read"] });
  const second = one.slice(one.indexOf("  image:")).replace("image:", "chart:");
  expect(changed(one + second)).toEqual(["+ packages: write"]);
  const own = second.replace("    steps", "    permissions: { packages: write }\n    steps");
  expect(changed(one + own)).toEqual(["+ packages: write"]);
});

test("without a block, nothing is added: it is reported with what the fallback needs", () => {
  const { edits, unresolved } = repaired(workflow({ top: [] }));
  expect(edits.map(({ kind }) => kind)).toEqual(["credential"]);
  expect(unresolved).toEqual([
    {
      line: 3,
      reason:
        "job image says no permissions: where the secret is missing, the repository's settings decide whether its token may push",
      fix: "permissions:\n  contents: read\n  packages: write\nand whatever else its steps do with the job's token: what is not named is taken away\nuntil then, leave the repository's default for workflows as it is (in a fleet, no actions: { tokenPermissions: read }): with read, the job's token would lose what it may do today",
    },
  ]);
});

test("read-all says something about all scopes, and is reported", () => {
  const { edits, unresolved } = repaired(workflow({ top: ["permissions: read-all"] }));
  expect(edits.map(({ after }) => after.trim())).toEqual([`password: ${wanted}`]);
  expect(unresolved.map(({ line, reason }) => ({ line, reason }))).toEqual([
    { line: 2, reason: '"read-all" does not let the job\'s token push packages' },
  ]);
});
