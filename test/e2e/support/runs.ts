import type { Run } from "github-simulator";
import type { TestFleet } from "./start-fleet.ts";

/** The runs since the last call, after all have ended. */
export function watchRuns(fleet: TestFleet): () => Promise<Run[]> {
  let seen = 0;
  return async () => {
    await fleet.platform.actions.idle();
    const runs = fleet.platform.actions.runs().slice(seen);
    seen += runs.length;
    return runs;
  };
}

export function logsOf(runs: readonly Run[]): string {
  return runs.flatMap(({ jobs }) => jobs.map(({ log }) => log.text())).join("\n");
}

/** `<repository> <workflow> <event> <conclusion>` of each run. */
export function conclusions(runs: readonly Run[]): string[] {
  return runs.map(
    ({ event, workflow, conclusion }) =>
      `${event.repo} ${workflow.name} ${event.name} ${conclusion}`,
  );
}
