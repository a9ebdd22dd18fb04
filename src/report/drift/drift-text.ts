import type { Colors } from "picocolors/types.js";
import {
  describeActor,
  type DriftFinding,
  type DriftKind,
} from "../../operations/drift/drift-finding.ts";
import type { DriftReport } from "../../operations/drift/drift-report.ts";
import { printable } from "../../printable.ts";
import { count, minute, numberOf } from "../../format-text.ts";

/** A stack's drift for a terminal: what is left, what was repaired, and what could not be read. */
export function driftText(report: DriftReport, colors: Colors): string {
  const { stack, owner, readAt, findings, pending, waiting, repaired, offered } = report;
  const { refusals, failures, unread } = report;
  const time = minute(readAt);
  return [
    `${colors.bold(owner)}  stack ${stack}  ${colors.dim(`${time} UTC`)}`,
    ...findings.flatMap((finding) => {
      const tone = isSevere(finding.kind) ? colors.red : colors.yellow;
      return [
        `${tone(finding.kind)} ${printable(finding.text)}${colors.dim(printable(describeActor(finding)))}`,
        `  ${printable(nextStep(finding, stack))}`,
      ];
    }),
    ...repaired.map(({ kind, text }) => `${colors.green("repaired")} ${kind}: ${printable(text)}`),
    ...offered.map(
      ({ kind, text, pullRequestUrl }) =>
        `${colors.yellow("offered")} ${kind}: ${printable(text)} in pull request ${numberOf(pullRequestUrl)}`,
    ),
    ...refusals.map((text) => `${colors.red("refused")} ${printable(text)}`),
    ...failures.map((text) => `${colors.red("not repaired")} ${printable(text)}`),
    ...waiting.map((text) => colors.dim(printable(text))),
    ...pending.map((text) => `${colors.dim("not applied")} ${printable(text)}`),
    ...unread.map((text) => `${colors.yellow("not read")} ${printable(text)}`),
    sum(report),
  ].join("\n");
}

/** Whether an outsider may be able to publish, or the fleet is not. */
export function isSevere(kind: DriftKind): boolean {
  return /^secret-(overwritten|deleted|shadowed|widened)$|^file-added$|widened$/.test(kind);
}

/** With the command to type. */
export function nextStep({ kind, repair, url }: DriftFinding, stack: string): string {
  const page = url === null ? "" : ` ${url}`;
  switch (repair.by) {
    case "update":
      return `\`ghcr-fleet drift ${stack} --fix\` repairs it${page}`;
    case "deletion":
      return `\`ghcr-fleet drift ${stack} --fix --delete-shadows\` deletes it${page}`;
    case "person":
      return kind === "repository-gone"
        ? `${repair.step}: \`ghcr-fleet preview ${stack}\`${page}`
        : `${repair.step}${page}`;
  }
}

function sum({ findings, repaired, offered, unread }: DriftReport): string {
  const none = unread.length === 0 ? "no drift" : "no drift in what could be read";
  const left = findings.length === 0 ? none : count(findings.length, "difference");
  if (offered.length > 0) {
    const waits = `${offered.length} ${offered.length === 1 ? "waits" : "wait"} for a merge`;
    const rest = findings.length > 0 ? [`${findings.length} left`] : [];
    return [`${count(repaired.length, "difference")} repaired`, waits, ...rest].join(", ");
  }
  return repaired.length === 0
    ? left
    : `${count(repaired.length, "difference")} repaired, ${findings.length} left`;
}
