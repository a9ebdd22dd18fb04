import { colors } from "../terminal/colors.ts";
import { onHost, type PublishingHost } from "../../../policy/model/publishing-host.ts";
import type { CheckFinding } from "../../../policy/check.ts";
import { printable } from "../../printable.ts";
import type { CheckDocument } from "../terminal/json-documents.ts";

export interface CheckResult {
  /** Where it publishes. */
  readonly host: PublishingHost;
  /** What was judged. */
  readonly files: readonly string[];
  readonly findings: readonly CheckFinding[];
  /** What could not be judged, one sentence each. */
  readonly open: readonly string[];
}

/** Increased when a field changes its meaning or is removed, not for a new field. */
const version = 1;

export function findingsAsJson({ host, files, findings, open }: CheckResult): string {
  const shown = findings.map(({ rule, level, path, line, message }) => ({
    rule: rule.id,
    level,
    severity: rule.severity,
    ...(path !== undefined && { path, line }),
    message,
    fix: onHost(rule.remediation, host),
    source: rule.source,
  }));
  return JSON.stringify({ version, files, findings: shown, open } satisfies CheckDocument, null, 2);
}

/** By rule, each with its fix and the places that break it; the mandatory ones first. */
export function findingsAsText({ host, files, findings, open }: CheckResult): string {
  const count = (wanted: CheckFinding["level"]) =>
    findings.filter(({ level }) => level === wanted).length;
  const groups = (["mandatory", "advisory"] as const).flatMap((level) => {
    const color = level === "mandatory" ? colors.red : colors.yellow;
    const found = findings.filter((finding) => finding.level === level);
    return [...Map.groupBy(found, ({ rule }) => rule)].map(([{ id, remediation }, own]) => {
      const head = `${color(level)} ${colors.bold(id)}: ${onHost(remediation, host)}`;
      return [head, ...placesOf(own).map((place) => `  ${place}`), ""].join("\n");
    });
  });
  const unknown = open.map((text) => colors.dim(`not known offline: ${printable(text)}`));
  const judged = files.length === 1 ? "1 file" : `${files.length} files`;
  const sum =
    findings.length === 0
      ? "no findings"
      : `${count("mandatory")} mandatory, ${count("advisory")} advisory`;
  return [...groups, ...unknown, `${judged}: ${sum}`].join("\n");
}

/** "ci.yml:3, 12: must …", one line for each message of a file. */
function placesOf(findings: readonly CheckFinding[]): string[] {
  const alike = Map.groupBy(findings, ({ path, message }) => `${path ?? ""} ${message}`);
  return [...alike.values()].map((same) => {
    const [{ path, message }] = same as [CheckFinding];
    const lines = same.map(({ line }) => line).join(", ");
    return `${path === undefined ? "" : `${printable(path)}:${lines}: `}${printable(message)}`;
  });
}
