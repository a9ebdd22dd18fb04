import type { FleetReport, ReportOptions } from "./fleet-report.ts";
import { judgeStatus } from "../operations/status/judge-status.ts";

/** The report as JSON: each stack with the thresholds that it crosses. `--from` reads this format. */
export function renderJson(report: FleetReport, { thresholds }: ReportOptions): string {
  const stacks = report.stacks.map((status) => ({
    ...status,
    crossings: judgeStatus(status, thresholds),
  }));
  return `${JSON.stringify({ ...report, stacks }, null, 2)}\n`;
}
