import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Severity } from "@pulumi/policy";
import type { CheckFinding } from "../check.ts";
import type { Rule } from "../model/rule.ts";
import { lineHashes } from "./line-hashes.ts";
import { onHost, type PublishingHost } from "../model/publishing-host.ts";
import { rules } from "../rules.ts";

/** GitHub's limits: over 9 is critical, from 7 high, from 4 medium. */
const securitySeverity: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "2.0",
};

/** GitHub refuses a file with more. */
const mostResults = 25_000;

interface SarifOptions {
  /** Path that findings about the policy configuration point to. */
  readonly policyConfig?: string;
  /** What could not be judged, and why; one sentence each. */
  readonly open?: readonly string[];
  /** Where the files publish; github.com if absent. */
  readonly host?: PublishingHost | undefined;
  /** By path: the texts of the files with findings. */
  readonly texts?: ReadonlyMap<string, string>;
}

/**
 * The findings as SARIF 2.1.0, with the properties that GitHub code scanning shows.
 *
 * @see
 *   https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export function toSarif(
  findings: readonly CheckFinding[],
  { policyConfig = "policy.json", open = [], texts = new Map(), host }: SarifOptions = {},
): object {
  const hashes = new Map([...texts].map(([path, text]) => [path, lineHashes(text)]));
  const shown = mostImportant(findings);
  const omitted = findings.length - shown.length;
  const notes =
    omitted > 0 ? [...open, `${omitted} further findings, more than GitHub accepts`] : open;
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "ghcr-fleet", rules: rules.map((rule) => toDescriptor(rule, host)) },
        },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: notes.map((text) => ({ level: "note", message: { text } })),
          },
        ],
        results: shown.map(({ rule, level, path = policyConfig, line, message }) => ({
          ruleId: rule.id,
          ruleIndex: rules.findIndex(({ id }) => id === rule.id),
          level: toLevel(level),
          message: { text: onHost(`${message} ${rule.remediation}`, host) },
          locations: [
            {
              physicalLocation: {
                artifactLocation: toLocation(path),
                region: { startLine: line },
              },
            },
          ],
          ...fingerprints(hashes.get(path)?.[line - 1]),
        })),
      },
    ],
  };
}

/** In their order, but advisory findings are left out before mandatory ones. */
function mostImportant(findings: readonly CheckFinding[]): readonly CheckFinding[] {
  if (findings.length <= mostResults) return findings;
  const mandatory = findings.filter(({ level }) => level === "mandatory");
  const advisory = findings.filter(({ level }) => level === "advisory");
  return [...mandatory, ...advisory].slice(0, mostResults);
}

/** A file outside the checkout has no path in it. */
function toLocation(path: string): { uri: string; uriBaseId?: string } {
  return /^\.\.(?:[\\/]|$)/.test(path)
    ? { uri: pathToFileURL(resolve(path)).href }
    : { uri: toUri(path), uriBaseId: "%SRCROOT%" };
}

function fingerprints(primaryLocationLineHash: string | undefined) {
  return primaryLocationLineHash && { partialFingerprints: { primaryLocationLineHash } };
}

function toDescriptor(rule: Rule, host: PublishingHost | undefined) {
  const { id, level, severity, source } = rule;
  const [description, remediation, sees] = [rule.description, rule.remediation, rule.sees].map(
    (text) => onHost(text, host),
  );
  return {
    id,
    name: id,
    shortDescription: { text: description },
    fullDescription: { text: `${description} Sees: ${sees}` },
    help: { text: remediation, markdown: `${remediation} [Read more](${source})` },
    helpUri: source,
    defaultConfiguration: { level: toLevel(level) },
    properties: { tags: ["security"], "security-severity": securitySeverity[severity] },
  };
}

function toLevel(level: CheckFinding["level"]): "error" | "warning" {
  return level === "mandatory" ? "error" : "warning";
}

/** A relative reference: spaces and percent signs in a path are encoded. */
function toUri(path: string): string {
  return path.split(/[\\/]/).map(encodeURIComponent).join("/");
}
