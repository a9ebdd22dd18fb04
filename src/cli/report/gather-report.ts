import { join } from "node:path";
import { createGitHubClient } from "../../github/client/github-client.ts";
import { createReadPace } from "../../github/client/pace/read-pace.ts";
import { auditMemoryPath, readAuditMemory } from "../../operations/audit/audit-memory.ts";
import {
  newestReading,
  reportVersion,
  type AuditFinding,
  type FleetReport,
} from "../../report/fleet-report.ts";
import { UserError } from "../../user-error.ts";
import { readPolicyConfig } from "../stacks/read-policy-config.ts";
import { judgeFiles } from "./judge-files.ts";
import { commandPlace, openCommandStacks } from "../stacks/open-command-stacks.ts";
import { readStackStatus, type ReadStatusOptions } from "../stacks/read-stack-status.ts";
import { readHistory } from "../stacks/rollout-history.ts";
import { printNote } from "../terminal/print-note.ts";

/**
 * Reads everything that a report shows: the stacks from GitHub, the policy results of their files,
 * and the records of rollouts and audits in the project's folder.
 */
export async function gatherReport(
  folder: string,
  names: readonly string[],
  {
    policyPackConfig,
    ...options
  }: Omit<ReadStatusOptions, "pace"> & { readonly policyPackConfig?: string },
): Promise<FleetReport> {
  const config = await readPolicyConfig(policyPackConfig);
  const stacks = await openCommandStacks(await commandPlace(folder), names);
  const pace = createReadPace();
  const read = [];
  for (const stack of stacks) {
    const github = createGitHubClient({ ...stack.connection, onWait: printNote });
    read.push({ github, ...(await readStackStatus(stack, { ...options, pace })) });
  }
  const statuses = read.map(({ status }) => status);
  const newest = newestReading(statuses);
  const histories = await Promise.all(stacks.map(({ name }) => readHistory(folder, name)));
  const timeline = histories.flat().sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const audits = await Promise.all(stacks.map(({ name }) => readAuditFindings(folder, name)));
  return {
    version: reportVersion,
    writtenAt: newest,
    stacks: statuses,
    policies: await judgeFiles(read, { config, now: new Date(newest) }),
    timeline: timeline.length > 0 ? timeline : null,
    audit: audits.some((findings) => findings !== undefined)
      ? audits.flatMap((findings) => findings ?? [])
      : null,
  };
}

/**
 * The findings of earlier audits of a stack that are not acknowledged; nothing where there was no audit.
 * A file that cannot be read is a finding of its own, and does not stop the report.
 */
export async function readAuditFindings(
  folder: string,
  stack: string,
): Promise<AuditFinding[] | undefined> {
  const file = auditMemoryPath(join(folder, ".ghcr-fleet"), stack);
  const memory = await readAuditMemory(file, stack).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (memory instanceof UserError) {
    const unknown = { at: null, actor: null, repository: null, url: null };
    return [{ ...unknown, severity: "warning", text: memory.message }];
  }
  return memory?.findings.map(({ level, text, fix, lastAt, repository, actor }) => ({
    at: lastAt,
    severity: level === "error" ? "problem" : "warning",
    text: `${text} ${fix}`,
    actor,
    repository,
    url: null,
  }));
}
