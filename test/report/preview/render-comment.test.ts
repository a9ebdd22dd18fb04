import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { longestComment, renderComment } from "../../../src/report/preview/render-comment.ts";
import type {
  RepositoryChanges,
  RuleResult,
} from "../../../src/operations/preview/stack-preview.ts";
import { aChange, aPreview, aPreviewToStop } from "./a-preview.ts";

/** A repository with many resources that each have many properties, different from all others. */
function aChangeOf(repository: string, resources: number, properties: number): RepositoryChanges {
  return {
    repository,
    resources: Array.from({ length: resources }, (_, at) => ({
      operation: "update",
      what: `variable ${repository}-${at}`,
      properties: Array.from({ length: properties }, (_, each) => ({
        path: `a.b.property${each}`,
        before: repository.padEnd(100, "x"),
        after: `${at}`.padEnd(100, "y"),
      })),
      files: [],
    })),
  };
}

function aRule(message: string): RuleResult {
  return { rule: "pat-owner", level: "advisory", subject: "publisher", message };
}

/** Up to this number of characters, of all kinds. */
function longText(maxLength: number): fc.Arbitrary<string> {
  const some = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
  return fc
    .tuple(some, fc.nat(maxLength))
    .map(([text, length]) => text.repeat(Math.ceil(length / text.length)).slice(0, length));
}

/** Every fold is closed, and its content does not end before it. */
function assertBalanced(comment: string): void {
  const tags = comment.match(/<\/?details>/g) ?? [];
  let open = 0;
  for (const tag of tags) {
    open += tag === "<details>" ? 1 : -1;
    expect([0, 1]).toContain(open);
  }
  expect(open).toBe(0);
  expect(comment.match(/<summary>/g) ?? []).toHaveLength(tags.length / 2);
  expect(comment.match(/<\/summary>/g) ?? []).toHaveLength(tags.length / 2);
}

describe("a comment", () => {
  test("begins with the marker, then a summary in one line", () => {
    const [marker, , headline] = renderComment(aPreview()).split("\n");
    expect(marker).toBe("<!-- ghcr-fleet:preview:acme -->");
    expect(headline).toBe("### ✅ Stack `acme`: nothing changes");
    // A rollout that refreshes writes these again.
    const resources = [
      {
        repository: undefined,
        what: "secret GHCR_PAT",
        kind: "changed",
        properties: [],
        files: [],
      },
    ] as const;
    const drifted = renderComment(aPreview({ drift: { judged: true, resources } }));
    expect(drifted).toContain("Stack `acme`: nothing changes, except for drift\n");
  });

  test("shows a diff that fits whole", () => {
    const comment = renderComment(aPreview({ changes: [aChange("api", 1000)] }));
    expect(comment).toContain("+line 999 of api\n```");
    expect(comment).not.toContain("left out");
  });

  test("lists repositories with equal changes once", () => {
    const names = ["api", "billing", "web"];
    const comment = renderComment(aPreview({ changes: names.map((name) => aChange(name, 3)) }));
    expect(comment).toContain(
      "<summary>api and 2 more alike: workflow files (new, +3 −0)</summary>",
    );
    expect(comment).toContain("Alike: api, billing, web");
    expect(comment.match(/```diff/g)).toHaveLength(1);
  });

  test("leaves out lines of diffs first, and says so", () => {
    const changes = Array.from({ length: 20 }, (_, index) => aChange(`repo-${index}`, 300 + index));
    const comment = renderComment(aPreview({ changes }));
    expect(comment.length).toBeLessThanOrEqual(longestComment);
    for (const { repository } of changes) expect(comment).toContain(`<summary>${repository}: `);
    expect(comment).toMatch(/\d+ more lines of this diff are left out\./);
  });

  test("leaves out repositories when their names alone are too many", () => {
    const changes = Array.from({ length: 1000 }, (_, index) => aChange(`repo-${index}`, 1 + index));
    const comment = renderComment(aPreview({ changes }));
    expect(comment.length).toBeLessThanOrEqual(longestComment);
    expect(comment).toContain("1,000 repositories change");
    expect(comment).toMatch(/\d+ more repositories change and are left out here: repo-/);
  });

  test("leaves out properties before repositories, and at last whole sections", () => {
    const changes = ["a", "b", "c", "d", "e"].map((name) => aChangeOf(name, 30, 200));
    const comment = renderComment(aPreview({ changes }));
    assertBalanced(comment);
    for (const { repository } of changes) expect(comment).toContain(`<summary>${repository}: `);
    expect(comment).toContain("its properties are left out");
    const rules = Array.from({ length: 200 }, (_, at) => aRule(`${"<details>".repeat(500)}${at}`));
    const short = renderComment(aPreview({ changes, rules }), 4000);
    expect(short.length).toBeLessThanOrEqual(4000);
    expect(short).toMatch(/_Parts that are too long for a comment are left out; .*_$/);
    assertBalanced(short);
  });

  test("is balanced, whatever it is about", () => {
    const word = fc.oneof(
      longText(2000),
      fc.constantFrom("<details>", "```", "</details>", "| `a` |", "<!--"),
    );
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 60 }),
        // Up to a megabyte of properties; a comment has room for a sixteenth.
        fc.nat(6),
        fc.nat(20),
        fc.nat(40),
        fc.integer({ min: 2000, max: longestComment }),
        (texts, repositories, resources, properties, longest) => {
          const changes = Array.from({ length: repositories }, (_, at) =>
            aChangeOf(`repo-${at}`, resources + at, properties),
          );
          const rules = texts.map(aRule);
          const preview = aPreview({ changes, rules, warnings: texts, failures: texts });
          const comment = renderComment(preview, longest);
          expect(comment.length).toBeLessThanOrEqual(longest);
          assertBalanced(comment);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("is never longer than GitHub allows, whatever it is about", () => {
    const texts = fc.array(longText(3000), { maxLength: 40 });
    fc.assert(
      fc.property(texts, texts, fc.nat(80), fc.nat(100), (warnings, failures, count, lines) => {
        const changes = Array.from({ length: count }, (_, at) => aChange(`repo-${at}`, lines + at));
        const rules = warnings.map((message) => ({
          rule: "pat-owner",
          level: "advisory" as const,
          subject: "publisher",
          message,
        }));
        const preview = aPreview({ changes, rules, warnings, failures, untried: failures });
        expect(renderComment(preview).length).toBeLessThanOrEqual(longestComment);
      }),
      { numRuns: 15 },
    );
  });

  test("counts the repositories that stay at an earlier version of the shared workflow", () => {
    const comment = renderComment(aPreview({ leftBehind: ["api", "web"] }));
    expect(comment).toContain("<summary>Callers (2)</summary>");
    expect(comment).toContain("2 repositories stay at an earlier version");
  });

  test("says that a withheld PAT has expired since", () => {
    const token = {
      used: true,
      owner: "acme-publisher",
      expiresAt: "2026-11-01T00:00:00.000Z",
      daysLeft: -24,
      withheld: true,
    };
    expect(renderComment(aPreview({ token }))).toContain(
      "the last update found one of acme-publisher, expired on 2026-11-01 |",
    );
  });

  test("shows the drift separately, and why it is unknown if it could not be judged", () => {
    const drifted = {
      repository: "web",
      what: "secret GHCR_PAT",
      kind: "changed" as const,
      properties: [{ path: "updatedAt", before: "2026-01-01", after: "2026-02-02" }],
      files: [],
    };
    const shown = renderComment(aPreview({ drift: { judged: true, resources: [drifted] } }));
    expect(shown).toContain("| Drift | 1 resource changed outside of the stack |");
    expect(shown).toContain("#### Drift, which this change did not cause");
    expect(shown).toContain("`last written: 2026-01-01 → 2026-02-02`");
    const open = renderComment(aPreview({ drift: { judged: false, reason: "no right" } }));
    expect(open).toContain("| Drift | not judged |");
    expect(open).toContain("- Drift: no right");
  });
});

test("lines to write into a workflow are code, with their indentation, and sentences are none", () => {
  const warnings = [
    "api: ci.yml:3: the token may push:\npermissions:\n  contents: read\nand what else its steps do\nuntil then, wait",
    "web: its login is not repaired",
  ];
  expect(renderComment(aPreview({ warnings }))).toContain(`#### Warnings

- api: ci.yml:3: the token may push:

  \`\`\`yaml
  permissions:
    contents: read
  \`\`\`

  and what else its steps do

  until then, wait
- web: its login is not repaired`);
});

describe("text from others", () => {
  test("notifies nobody and contains no markup", () => {
    const message = "see @acme/admins <img src=x> [a](b) | `c` *d*";
    const rules = [{ rule: "r", level: "mandatory" as const, subject: undefined, message }];
    const comment = renderComment(aPreview({ outcome: "refused", rules }));
    expect(comment).toContain(
      "see @\u200bacme/admins &lt;img src=x> \\[a\\](b) \\| \\`c\\` \\*d\\*",
    );
  });

  test("cannot end the fence of a diff", () => {
    const change = aChange("api", 1);
    const [resource] = change.resources;
    const diff = "@@ -0,0 +1 @@\n+```\n+</details>\n+@acme/admins";
    const files = [{ ...resource!.files[0]!, diff }];
    const comment = renderComment(
      aPreview({ changes: [{ ...change, resources: [{ ...resource!, files }] }] }),
    );
    expect(comment).toContain(`\n\`\`\`\`diff\n${diff}\n\`\`\`\`\n`);
  });
});

test("what a person may want to stop comes first, and is not folded", () => {
  const comment = renderComment(aPreviewToStop());
  const visible = comment.replaceAll(/<details>[^]*?<\/details>/g, "");
  const order = ["required-checks-kept", "written by hand", "is not repaired", "#### Changes"];
  expect(order.map((text) => visible.indexOf(text))).toEqual(
    order.map((text) => visible.indexOf(text)).sort((a, b) => a - b),
  );
  expect(visible).toContain("api: .github/workflows/ci.yml, written by hand (+1 −0)");
  expect(visible.indexOf("some-advice")).toBeGreaterThan(visible.indexOf("#### Changes"));
  expect(comment).toContain('By a pull request to main, because of ruleset "protect main".');
  expect(comment).toContain("old: archived: unarchive it to bring it in");
});
