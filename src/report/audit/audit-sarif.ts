import { auditRules } from "../../operations/audit/audit-finding.ts";
import type { AuditReport } from "../../operations/audit/audit-report.ts";
import { stackFileName } from "../../stack/stack-file-name.ts";

const rules = Object.entries(auditRules);

/**
 * The findings of audits as SARIF 2.1.0. Code scanning requires a place in a file for each finding: it is
 * the stack's configuration, where the fleet is declared.
 *
 * @see https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export function auditSarif(reports: readonly AuditReport[]): object {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "ghcr-fleet audit",
            rules: rules.map(([id, title]) => ({
              id,
              shortDescription: { text: title },
              help: { text: "See docs/leaked-pat.md." },
              properties: { tags: ["security"] },
            })),
          },
        },
        results: reports.flatMap(({ stack, findings }) =>
          findings.map(({ id, rule, level, text, fix }) => ({
            ruleId: rule,
            ruleIndex: rules.findIndex(([name]) => name === rule),
            level,
            message: { text: `${text}. ${fix}` },
            // The same in each run, so that code scanning recognises the finding.
            partialFingerprints: { "ghcrFleet/v1": id },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: {
                    uri: encodeURI(stackFileName(stack)),
                    uriBaseId: "%SRCROOT%",
                  },
                  region: { startLine: 1 },
                },
              },
            ],
          })),
        ),
      },
    ],
  };
}
