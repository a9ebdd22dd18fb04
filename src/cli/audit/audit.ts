import { resolve } from "node:path";
import { colors } from "../terminal/colors.ts";
import {
  assertOutputs,
  isStandardOutput,
  jsonText,
  printStacks,
  writeOutput,
} from "../terminal/write-output.ts";
import {
  acknowledge,
  auditMemoryPath,
  readAuditMemory,
  writeAuditMemory,
  type AuditMemory,
} from "../../operations/audit/audit-memory.ts";
import type { AuditReport } from "../../operations/audit/audit-report.ts";
import { auditStack } from "../../operations/audit/audit-stack.ts";
import { createGitHubClient, type GitHubClient } from "../../github/client/github-client.ts";
import { readInstallation } from "../../github/tokens/read-installation.ts";
import { hashToken } from "../../github/tokens/inspect-token.ts";
import { readServerTime } from "../../github/client/server-time.ts";
import { auditIssue } from "../../report/audit/audit-issue.ts";
import { auditSarif } from "../../report/audit/audit-sarif.ts";
import { auditText } from "../../report/audit/audit-text.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import { readStackRecord } from "../../stack/export-state.ts";
import { UsageError, UserError } from "../../user-error.ts";
import {
  issueRepository,
  upsertStackIssue,
  type IssueOption,
} from "../stacks/upsert-stack-issue.ts";
import { printNote } from "../terminal/print-note.ts";
import { withProgress } from "../terminal/with-progress.ts";
import { commandPlace, openCommandStacks } from "../stacks/open-command-stacks.ts";
import type { AuditDocument } from "../terminal/json-documents.ts";

export interface AuditCommand {
  readonly json?: boolean;
  readonly sarif?: string;
  readonly issue?: IssueOption;
  /** Ids of findings, or `all`. */
  readonly acknowledge?: readonly string[];
  /** ISO-8601 */
  readonly since?: string;
  readonly requests: number;
  /** Folder of the files that earlier audits wrote, relative to the project's folder. */
  readonly memory: string;
}

const found = 3;

/**
 * `ghcr-fleet audit`: unexpected uses of the PAT and unexpected changes around it. The process ends
 * with 3 while there are findings, and with 1 where not everything could be read.
 */
export async function audit(names: readonly string[], options: AuditCommand): Promise<void> {
  const issueIn = issueRepository(options.issue);
  await assertOutputs({ "--json": options.json ? "-" : undefined, "--sarif": options.sarif });
  const stacks = await openCommandStacks(await commandPlace(process.cwd()), names);
  const reports: AuditReport[] = [];
  for (const stack of stacks) {
    try {
      const github = createGitHubClient({ ...stack.connection, onWait: printNote });
      const report = await withProgress(`${stack.name}: reading what happened`, () =>
        auditOne(stack, github, options),
      );
      // Before the issue: a refused issue must not lose the report.
      reports.push(report);
      if (issueIn !== undefined) await updateIssue(github, issueIn, report);
    } catch (error) {
      if (!(error instanceof UserError) || error instanceof UsageError) throw error;
      printNote(`${stack.name}: ${error.message}`);
      process.exitCode = 1;
    }
  }
  if (options.sarif !== undefined) {
    await writeOutput(options.sarif, jsonText(auditSarif(reports)));
  }
  if (!isStandardOutput(options.sarif)) {
    const stacks = reports satisfies AuditDocument["stacks"];
    printStacks(options.json, stacks, (report) => auditText(report, colors));
  }
  if (reports.some(({ log, complete }) => log.state === "refused" || !complete)) {
    process.exitCode = 1;
  }
  if (reports.some(({ findings }) => findings.length > 0)) process.exitCode = found;
}

async function auditOne(
  { name, engine, settings, connection }: OpenStack,
  github: GitHubClient,
  options: AuditCommand,
): Promise<AuditReport> {
  const file = auditMemoryPath(resolve(options.memory), name);
  const { token } = connection;
  // Its tokens change every hour.
  const app =
    typeof token === "string" ? [] : [`${(await readInstallation(github, token)).slug}[bot]`];
  const { report, memory } = await auditStack({
    stack: name,
    owner: connection.owner,
    config: { ...settings.audit, managers: [...settings.audit.managers, ...app] },
    secret: settings.secret.name,
    record: await readStackRecord(engine),
    github,
    managingToken: typeof token === "string" ? hashToken(token) : undefined,
    memory: await readMemory(file, name, options.acknowledge),
    since: options.since,
    now: await readServerTime(github),
    requests: options.requests,
  });
  await writeAuditMemory(file, memory);
  return report;
}

/** The memory of the last audit, without the findings that are acknowledged now. */
async function readMemory(
  file: string,
  stack: string,
  ids: readonly string[] | undefined,
): Promise<AuditMemory | undefined> {
  const memory = await readAuditMemory(file, stack);
  if (ids === undefined || ids.length === 0) return memory;
  if (!memory)
    throw new UsageError(
      `there is nothing to acknowledge: ${file} does not exist. The findings of an audit that ran elsewhere, such as that of watch.yml, are stored there`,
    );
  const result = acknowledge(memory, ids);
  if (result.unknown.length > 0) {
    throw new UsageError(`no finding has the id ${result.unknown.join(", ")}`);
  }
  return result.memory;
}

async function updateIssue(
  github: GitHubClient,
  issueIn: string,
  report: AuditReport,
): Promise<void> {
  if (report.findings.length === 0 && (report.log.state === "refused" || !report.complete)) {
    printNote(`${report.stack}: the issue is not changed, because not everything could be read`);
    return;
  }
  const closing = "All findings are acknowledged, and the last audit found nothing new.";
  const subject = { name: "audit", stack: report.stack } as const;
  await upsertStackIssue(github, issueIn, subject, auditIssue(report), closing);
}
