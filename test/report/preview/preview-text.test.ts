import picocolors from "picocolors";
import { expect, test } from "vitest";
import type { DriftedResource, RuleResult } from "../../../src/operations/preview/stack-preview.ts";
import { previewText } from "../../../src/report/preview/preview-text.ts";
import { aChange, aPreview, aPreviewToStop } from "./a-preview.ts";

const plain = picocolors.createColors(false);

test("lines to write into a workflow keep their indentation", () => {
  const warnings = ["api: ci.yml:3: the token may push:\npermissions:\n  \u001b[2Jcontents: read"];
  const text = previewText(aPreview({ warnings }), plain);
  expect(text.split("\n").slice(1, 4)).toEqual([
    "  warning api: ci.yml:3: the token may push:",
    "      permissions:",
    "        contents: read",
  ]);
});

test("what repairs an edit by hand is named, and nothing for what no update repairs", () => {
  const edit = { path: "ci.yml", kind: "changed", added: 1, removed: 1, diff: "" } as const;
  const drifted = { repository: "web", what: "workflow files", properties: [] };
  const sumOf = (resource: DriftedResource) =>
    previewText(aPreview({ drift: { judged: true, resources: [resource] } }), plain)
      .split("\n")
      .find((line) => line.startsWith("  drift:"));
  const sum = "  drift: 1 resource changed outside of the stack";
  const { stack } = aPreview({});
  expect(sumOf({ ...drifted, kind: "changed", files: [edit] })).toBe(
    `${sum}; \`ghcr-fleet drift ${stack} --fix\` repairs what an update can`,
  );
  for (const what of ["workflow files", "logins in workflows"]) {
    expect(sumOf({ ...drifted, what, kind: "gone", files: [] })).toBe(sum);
  }
});

test("warnings with the same cause are one, which names the repositories", () => {
  const label = (image: string) =>
    `ghcr.io/acme/${image} does not exist yet, and no workflow sets the label`;
  const login = ".github/workflows/ci.yml:3: the password is another secret";
  const warnings = [
    `shop: ${label("shop/web")}`,
    `api: ${login}`,
    `api: ${label("api")}`,
    `shop: ${label("shop/worker")}`,
    `web: ${login}`,
    "web: .github/workflows/ci.yml:5: the password is another secret",
    "GitHub was not compared with the state",
  ];
  const lines = previewText(aPreview({ warnings }), plain).split("\n");
  expect(lines.filter((line) => line.includes("warning"))).toEqual([
    `  warning api and 2 more alike (shop/web, shop/worker): ${label("api")}`,
    `  warning api and 1 more alike (web): ${login}`,
    "  warning web: .github/workflows/ci.yml:5: the password is another secret",
    "  warning GitHub was not compared with the state",
  ]);
});

test("a rule that several repositories break is one line, and they are not alike those that keep it", () => {
  const rules = ["api", "web"].map((subject): RuleResult => {
    const message = `${subject} must have the Dockerfile.`;
    return { rule: "dockerfile-present", level: "mandatory", subject, message };
  });
  const changes = ["api", "tools", "web"].map((name) => aChange(name, 1));
  const text = previewText(aPreview({ outcome: "refused", rules, changes }), plain);
  expect(text).toContain(`
  mandatory dockerfile-present api and 1 more alike (web): api must have the Dockerfile.
  api and 1 more alike: workflow files (new, +1 −0)
    alike: web
    refused by dockerfile-present
  tools: workflow files (new, +1 −0)
`);
});

test("a refusal by the removal rule is not a failure", () => {
  const failures = ["this update removes 3 of 4 repositories (75 %) from the fleet: a, b, c."];
  const text = previewText(aPreview({ outcome: "refused", failures }), plain);
  expect(text).toContain("acme: refused by the removal rule\n  refused this update removes 3 of 4");
  expect(text).toContain("policy: not judged");
});

test("a reason of several lines is joined into one, and terminal commands are removed", () => {
  const failures = [
    "entries of the fleet match no repository:\n  fleet.repositories[1].name: \u001b[2Jgone",
  ];
  const changes = [aChange("api", 1)];
  const text = previewText(aPreview({ outcome: "failed", failures, changes }), plain);
  expect(text.split("\n")[1]).toBe(
    "  failed entries of the fleet match no repository: fleet.repositories[1].name: gone",
  );
  expect(text).toContain("\n  policy: not judged\n");
});

test("rules that only the update can judge are named", () => {
  const open = previewText(aPreview({ openRules: ["pat-classic", "pat-owner"] }), plain);
  expect(open).toContain(
    "\n  not judged rules that only the update can judge: pat-classic, pat-owner\n",
  );
  expect(previewText(aPreview(), plain)).not.toContain("not judged");
});

test("what a person may want to stop comes first", () => {
  const lines = previewText(aPreviewToStop(), plain).split("\n");
  const order = [
    "  mandatory required-checks-kept api: must keep.",
    "  replaces api: .github/workflows/ci.yml, written by hand (+1 −0)",
    "  warning web: its login is not repaired",
    "  api: workflow files",
    "  left out old: archived",
    "  advisory some-advice api: must be nicer.",
  ];
  const places = order.map((text) => lines.findIndex((line) => line.startsWith(text)));
  expect(places[0]).toBe(1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});
