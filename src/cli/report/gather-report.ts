import { createGitHubClient } from "../../github/client/github-client.ts";
import { createReadPace } from "../../github/client/read-pace.ts";
import { reportVersion, type FleetReport } from "../../report/fleet-report.ts";
import { judgeFiles } from "../check/judge-files.ts";
import { commandPlace, openCommandStacks } from "../open-command-stacks.ts";
import { readAuditFindings } from "./read-audit-findings.ts";
import { readCommandStatus, type ReadStatusOptions } from "../status/read-command-status.ts";
import { readHistory } from "./rollout-history.ts";
import { writtenAt } from "./written-at.ts";

/**
 * Reads everything that a report shows: the stacks from GitHub, the policy results on their files,
 * and what rollouts and audits left in the project's folder.
 */
export async function gatherReport(
  folder: string,
  names: readonly string[],
  options: Omit<ReadStatusOptions, "pace">,
): Promise<FleetReport> {
  const stacks = await openCommandStacks(await commandPlace(folder), names);
  const pace = createReadPace();
  const read = [];
  for (const stack of stacks) {
    const github = createGitHubClient({ ...stack.connection, onWait: tell });
    read.push({ github, ...(await readCommandStatus(stack, { ...options, pace })) });
  }
  const statuses = read.map(({ status }) => status);
  const newest = writtenAt(statuses);
  const histories = await Promise.all(stacks.map(({ name }) => readHistory(folder, name)));
  const timeline = histories.flat().sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const audits = await Promise.all(stacks.map(({ name }) => readAuditFindings(folder, name)));
  return {
    version: reportVersion,
    writtenAt: newest,
    stacks: statuses,
    policies: await judgeFiles(read, new Date(newest)),
    timeline: timeline.length > 0 ? timeline : null,
    audit: audits.some((findings) => findings !== undefined)
      ? audits.flatMap((findings) => findings ?? [])
      : null,
  };
}

function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}
