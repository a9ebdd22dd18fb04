import sarifSchema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" with { type: "json" };
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import colors from "picocolors";
import { expect, test } from "vitest";
import { auditIssue } from "../../src/report/audit/audit-issue.ts";
import { driftIssue } from "../../src/report/drift/drift-issue.ts";
import { auditText } from "../../src/report/audit/audit-text.ts";
import { auditSarif } from "../../src/report/audit/audit-sarif.ts";
import type { AuditReport } from "../../src/operations/audit/audit-report.ts";

const report = (findings: number, text = "the PAT was used"): AuditReport => ({
  stack: "acme prod",
  owner: "acme",
  log: { state: "open" },
  since: "2026-08-12T09:00:00.000Z",
  until: "2026-08-13T09:00:00.000Z",
  events: 7,
  findings: Array.from({ length: findings }, (_, index) => ({
    id: `id-${index}`,
    rule: "token-foreign-address",
    level: "error",
    text,
    fix: "look",
    firstAt: "2026-08-12T10:00:00.000Z",
    lastAt: "2026-08-12T11:00:00.000Z",
    count: 2,
    repository: "acme/web",
    actor: "pat",
    address: "192.0.2.1",
  })),
  fresh: [],
  unseen: [],
  complete: true,
});

test("is valid SARIF 2.1.0, with findings and without", () => {
  const { definitions, properties, required, type } = sarifSchema;
  const ajv = new Ajv({ strict: false, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile({ definitions, properties, required, type });
  for (const findings of [0, 2]) {
    expect(validate(auditSarif([report(findings)])), JSON.stringify(validate.errors)).toBe(true);
  }
  expect(auditSarif([report(1)])).toMatchObject({
    runs: [
      {
        results: [
          {
            locations: [
              { physicalLocation: { artifactLocation: { uri: "Pulumi.acme%20prod.yaml" } } },
            ],
          },
        ],
      },
    ],
  });
});

test("control characters from strangers are not shown in a terminal", () => {
  const shown = auditText(report(1, "by a\u001b[2Jb"), colors.createColors(false));
  expect(shown).toContain("  by a?[2Jb\n  2 times, 2026-08-12 10:00 to 2026-08-12 11:00 UTC\n");
});

test("an issue is never longer than GitHub allows, and contains no markup from strangers", () => {
  expect(auditIssue(report(0))).toBeUndefined();
  const long = auditIssue(report(2000));
  expect(long?.body.length).toBeLessThan(65_536);
  expect(long?.body).toMatch(/- and [\d,]+ more findings: run the command to see them/);
  const wild = auditIssue(report(1, "by @everyone <img src=x> [here](https://evil.example)"));
  expect(wild?.body).not.toMatch(/@everyone|<img|[^\\]\]\(/);
});

test("an issue has room for its findings, however much could not be read and however long they are", () => {
  const names = Array.from({ length: 1000 }, (_, index) => `repository-${index}`);
  const drift = driftIssue({
    stack: "acme",
    owner: "acme",
    readAt: "2026-08-13T09:00:00.000Z",
    findings: [
      {
        kind: "secret-narrowed",
        repository: null,
        subject: "GHCR_PAT",
        text: `GHCR_PAT was taken from ${names.join(", ")}`.replaceAll(
          "repository",
          "🦄".repeat(40),
        ),
        actor: "mallory",
        at: "2026-08-13T08:00:00.000Z",
        url: null,
        repair: { by: "update", urn: "urn" },
      },
    ],
    pending: [],
    waiting: [],
    repaired: [],
    offered: [],
    refusals: [],
    failures: [],
    unread: names.map((name) => `cannot read the secrets of acme/${name}: ${"x".repeat(200)}`),
  });
  expect(drift?.body.length).toBeLessThan(65_536);
  expect(drift?.body).toMatch(
    /GHCR\\_PAT was taken from .*… \(by mallory, 2026-08-13 08:00 UTC\)<br>/,
  );
  expect(drift?.body).toMatch(/_Not read: .*\n\n_and \d+ more notes: run the command to see them_/);
  expect(drift?.body).toMatch(/is closed automatically when a run finds no drift\.$/);
  // GitHub refuses half a character.
  expect(drift?.body).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
});
