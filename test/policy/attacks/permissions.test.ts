import { expect, test } from "vitest";
import { change, ci, release } from "../cases/workflow-programs.ts";
import { linesOfManaged } from "./lines-of.ts";

const findings = (text: string, path = "ci.yml") =>
  linesOfManaged("workflow-permissions", text, path);
const top = "permissions: {}\n";

test.each(["write-all", "read-all", "", "null", "{ contents: read }", "{ packages: write }", "[]"])(
  "top-level permissions: %s grant too much",
  async (as) => {
    expect(await findings(change(ci, top, `permissions: ${as}\n`))).toHaveLength(1);
  },
);

test.each(["{ contents: none }", "&nothing {}"])(
  "top-level permissions: %s grant nothing",
  async (as) => {
    expect(await findings(change(ci, top, `permissions: ${as}\n`))).toEqual([]);
  },
);

test("without top-level permissions the defaults apply, which are not visible", async () => {
  expect(await findings(change(ci, top, ""))).toHaveLength(1);
});

const job = "      contents: read # check out this repository\n";

test.each([
  ["contents: write", false],
  ["contents: admin", false],
  ["id-token: write", false],
  ["actions: write", false],
  ["models: read", true],
  ["contents: none", true],
])("a job of ci.yml with %s", async (permission, passes) => {
  const text = change(ci, job, `      ${permission}\n`);
  expect((await findings(text)).length === 0).toBe(passes);
});

test.each(["write-all", "read-all"])("permissions: %s of a job are not a list", async (as) => {
  const block = /permissions:\n(?: {6}.*\n)+/;
  expect(await findings(change(ci, block, `permissions: ${as}\n`))).toHaveLength(1);
});

test("a release may sign, and an alias hides nothing", async () => {
  expect(await findings(release, "release.yml")).toEqual([]);
  const text = change(ci, "    permissions:\n", "    permissions: *all\n    env:\n");
  const hidden = change(text, top, `${top}env: &all { contents: write }\n`);
  expect(await findings(hidden)).toHaveLength(1);
});
