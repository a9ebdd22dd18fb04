import { codeBlock, inlineCode, plainMarkdown } from "../markdown.ts";
import { describeCandidates, describeReach } from "./describe-reach.ts";
import { joinWords } from "./describe-repository.ts";
import { describeToken } from "./describe-token.ts";
import { brokenRules, type FleetReport, type ReportOptions } from "./fleet-report.ts";
import { groupCrossings } from "./group-crossings.ts";
import { judgeReport, type JudgedReport } from "./judged-report.ts";
import type { Tone } from "./tone.ts";
import { count, minute } from "../format-text.ts";

const signs: Readonly<Record<Tone, string>> = { good: "✅", warn: "⚠️", bad: "❌", quiet: "▫️" };

/** The report as Markdown for an issue, a wiki or a job's summary. */
export function renderMarkdown(report: FleetReport, options: ReportOptions): string {
  const judged = judgeReport(report, options);
  const owners = [...new Set(report.stacks.map(({ owner }) => owner))].join(", ");
  return `${[
    `# Publishing access to GHCR: ${plainMarkdown(owners)}`,
    ...tokens(judged),
    ...attention(judged),
    ...candidates(judged),
    ...repositories(judged),
    ...policies(judged),
    ...timeline(judged),
    ...audit(judged),
    `Written by ghcr-fleet, ${minute(report.writtenAt)} UTC.`,
  ].join("\n\n")}\n`;
}

function tokens({ stacks, thresholds }: JudgedReport): string[] {
  const lines = stacks.map((fleet) => {
    const { text, tone } = describeToken(fleet.token, thresholds.minDays);
    const words = plainMarkdown([text, describeReach(fleet) ?? []].flat().join("; "));
    return `- ${signs[tone]} **${plainMarkdown(fleet.stack)}** ${words}`;
  });
  return [lines.join("\n")];
}

function attention({ crossings }: JudgedReport): string[] {
  if (crossings.length === 0) return ["## Needs attention", "Nothing."];
  const parts = groupCrossings(crossings).flatMap((group) => {
    const sign = group.severity === "problem" ? signs.bad : signs.warn;
    const lines = group.items.map(
      ({ repository, stack, text, url }) =>
        `- **${plainMarkdown(repository ?? stack)}** ${plainMarkdown(text)}${open(url)}`,
    );
    return [
      `### ${sign} ${plainMarkdown(group.title)} (${group.items.length})`,
      lines.join("\n"),
      `Next: ${plainMarkdown(group.advice)}`,
      ...(group.commands.length > 0 ? [codeBlock(group.commands.join("\n"), "sh")] : []),
    ];
  });
  return ["## Needs attention", ...parts];
}

function candidates({ stacks }: JudgedReport): string[] {
  const found = stacks.flatMap(({ repositories: own }) => describeCandidates(own));
  if (found.length === 0) return [];
  const lines = found.map(
    ({ name, text, url }) => `- **${plainMarkdown(name)}** ${plainMarkdown(text)}${open(url)}`,
  );
  return ["## Can do without the PAT", lines.join("\n")];
}

function repositories({ repositories, stacks }: JudgedReport): string[] {
  const rows = repositories.flatMap(({ status, words }) => {
    const { credential, files, ci, release } = words;
    const cells = [credential, files, ci, release, words.package].map(
      (cell) => `${signs[cell.tone]} ${plainMarkdown(joinWords(cell))}`,
    );
    const name = `${signs[words.tone]} [${plainMarkdown(status.name)}](${status.url})`;
    const images = words.images.map((each) => {
      const own = [each.ci, each.release, each.package].map(
        (cell) => `${signs[cell.tone]} ${plainMarkdown(joinWords(cell))}`,
      );
      return [plainMarkdown(each.name), "", "", ...own];
    });
    return [[name, ...cells], ...images].map((row) => `| ${row.join(" | ")} |`);
  });
  const left = stacks.flatMap(({ skipped }) =>
    skipped.map(({ name, reason }) => `- **${plainMarkdown(name)}** ${plainMarkdown(reason)}`),
  );
  return [
    `## ${count(repositories.length, "repository")}`,
    [
      "| Repository | Credential | Files | CI | Release | Package |",
      "| --- | --- | --- | --- | --- | --- |",
      ...rows,
    ].join("\n"),
    ...(left.length > 0 ? ["Left out:", left.join("\n")] : []),
  ];
}

function policies({ policies }: JudgedReport): string[] {
  if (policies === null) return [];
  const lines = brokenRules(policies).flatMap(({ id, level, violations, remediation }) =>
    violations.map(({ repository, path, line, message, url }) => {
      const place = plainMarkdown(`${repository} ${path}:${line}`);
      return `- ${level === "mandatory" ? signs.bad : signs.warn} ${inlineCode(id)} ${place} ${plainMarkdown(message)} ${plainMarkdown(remediation)}${open(url)}`;
    }),
  );
  const judged = `${count(policies.rules.length, "rule")} on ${count(policies.files, "file")}`;
  if (policies.files === 0) return ["## Policy rules", "No file could be judged."];
  return ["## Policy rules", lines.length > 0 ? lines.join("\n") : `${judged}: all hold.`];
}

const outcomes = { good: signs.good, bad: signs.bad, warn: signs.warn, neutral: signs.quiet };

function timeline({ timeline }: JudgedReport): string[] {
  if (timeline === null || timeline.length === 0) return [];
  const lines = timeline.map(({ at, wave, repository, outcome, text, url }) => {
    const subject = [wave, repository].filter((part) => part !== null).join(" / ");
    const who = subject === "" ? "" : `**${plainMarkdown(subject)}** `;
    return `- ${outcomes[outcome]} ${minute(at)} ${who}${plainMarkdown(text)}${open(url)}`;
  });
  return ["## Rollouts and rotations", lines.join("\n")];
}

const severities = { problem: signs.bad, warning: signs.warn, note: signs.quiet };

function audit({ audit }: JudgedReport): string[] {
  if (audit === null) return [];
  const lines = audit.map(({ severity, repository, text, url }) => {
    const who = repository === null ? "" : `**${plainMarkdown(repository)}** `;
    return `- ${severities[severity]} ${who}${plainMarkdown(text)}${open(url)}`;
  });
  return ["## Audit", lines.length > 0 ? lines.join("\n") : "No findings."];
}

function open(url: string | null): string {
  return url === null ? "" : ` ([open](${url.replaceAll("(", "%28").replaceAll(")", "%29")}))`;
}
