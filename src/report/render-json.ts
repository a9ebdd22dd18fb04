import type { FleetStatus } from "../operations/status/fleet-status.ts";
import type { Crossing } from "../operations/status/crossing.ts";
import { judgeStatus } from "../operations/status/judge-status.ts";
import type { FleetReport, ReportOptions } from "./fleet-report.ts";

/** `ghcr-fleet report --json`: each stack with the thresholds that it crosses. `--from` reads it. */
export type ReportDocument = Omit<FleetReport, "stacks"> & {
  readonly stacks: readonly (FleetStatus & { readonly crossings: readonly Crossing[] })[];
};

export function renderJson(report: FleetReport, { thresholds }: ReportOptions): string {
  const stacks = report.stacks.map((status) => ({
    ...status,
    crossings: judgeStatus(status, thresholds),
  }));
  return `${JSON.stringify({ ...report, stacks } satisfies ReportDocument, null, 2)}\n`;
}
