import type { FleetStatus, RepositoryStatus } from "../operations/status/fleet-status.ts";
import type { Crossing } from "../operations/status/crossing.ts";
import { judgeStatus } from "../operations/status/judge-status.ts";
import { describeRepository, type RepositoryWords } from "./describe-repository.ts";
import type { FleetReport, ReportOptions } from "./fleet-report.ts";
import type { StackCrossing } from "./group-crossings.ts";

export interface JudgedRepository {
  readonly status: RepositoryStatus;
  readonly fleet: FleetStatus;
  readonly crossings: readonly Crossing[];
  readonly words: RepositoryWords;
}

/** A report together with the crossed thresholds, so that every form of it shows the same. */
export interface JudgedReport extends FleetReport {
  readonly thresholds: ReportOptions["thresholds"];
  readonly repositories: readonly JudgedRepository[];
  /** Each with its stack; problems first. */
  readonly crossings: readonly StackCrossing[];
}

export function judgeReport(report: FleetReport, { thresholds }: ReportOptions): JudgedReport {
  const judged = report.stacks.map((fleet) => ({ fleet, all: judgeStatus(fleet, thresholds) }));
  const crossings = judged.flatMap(({ fleet, all }) =>
    all.map((crossing) => ({ ...crossing, stack: fleet.stack, patPlace: fleet.patPlace })),
  );
  return {
    ...report,
    thresholds,
    crossings: [
      ...crossings.filter(({ severity }) => severity === "problem"),
      ...crossings.filter(({ severity }) => severity === "warning"),
    ],
    repositories: judged.flatMap(({ fleet, all }) => {
      const own = Map.groupBy(all, ({ repository }) => repository);
      return fleet.repositories.map((status) => {
        const mine = own.get(status.name) ?? [];
        const words = describeRepository(status, mine, fleet.readAt);
        return { status, fleet, crossings: mine, words };
      });
    }),
  };
}
