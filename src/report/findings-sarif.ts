/** A finding that code scanning can show. */
export interface SarifFinding {
  readonly rule: string;
  readonly level: "error" | "warning";
  readonly text: string;
  /** Stays the same from run to run, so that code scanning knows it again. */
  readonly fingerprint: string;
  /** Path of the file that it is about. */
  readonly file: string;
}

export interface SarifRule {
  readonly id: string;
  readonly title: string;
  /** Path of the page of docs that helps. */
  readonly help: string;
}

/**
 * Findings as SARIF 2.1.0. Code scanning wants a place in a file for each: that of the stack's
 * configuration, which is where the fleet is declared.
 *
 * @see https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export function findingsSarif(
  name: string,
  rules: readonly SarifRule[],
  findings: readonly SarifFinding[],
): object {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name,
            rules: rules.map(({ id, title, help }) => ({
              id,
              shortDescription: { text: title },
              help: { text: `See ${help}.` },
              properties: { tags: ["security"] },
            })),
          },
        },
        results: findings.map(({ rule, level, text, fingerprint, file }) => ({
          ruleId: rule,
          ruleIndex: rules.findIndex(({ id }) => id === rule),
          level,
          message: { text },
          partialFingerprints: { "ghcrFleet/v1": fingerprint },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encodeURI(file), uriBaseId: "%SRCROOT%" },
                region: { startLine: 1 },
              },
            },
          ],
        })),
      },
    ],
  };
}
