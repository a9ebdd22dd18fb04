import type { Measurement, Results } from "./measure.ts";
import { graphqlPoints, totalOf } from "./simulated/counting-proxy.ts";

type Columns = Readonly<Record<string, (row: Measurement) => string | number>>;

const figures: Columns = {
  s: ({ outcome, seconds }) => (outcome === "done" ? seconds.toFixed(1) : shortOutcome(outcome)),
  requests: ({ requests }) => totalOf(requests),
  "REST reads": ({ requests }) => requests.restReads,
  "REST writes": ({ requests }) => requests.restWrites,
  queries: ({ requests }) => requests.queries,
  mutations: ({ requests }) => requests.mutations,
  points: ({ requests }) => graphqlPoints(requests),
  registry: ({ requests }) => requests.registry,
  content: ({ requests }) => requests.contentWrites,
  commits: ({ commits }) => commits,
  steps: ({ steps }) => steps ?? "",
  "CPU s": ({ cpuSeconds }) => cpuSeconds.toFixed(1),
  "memory MB": ({ peakMemory }) => Math.round(peakMemory / 1e6),
  "state KB": ({ stateSize }) => (stateSize / 1000).toFixed(0),
  "KB each": ({ stateSize, repositories }) => (stateSize / 1000 / repositories).toFixed(1),
};

/** Every figure, in Markdown. */
export function renderTable(results: Results): string {
  const columns: Columns = {
    work: ({ work }) => work,
    by: ({ contender }) => contender,
    ...figures,
    "end state": ({ endState }) => endState.slice(0, 8),
  };
  return renderGroups(results, (rows) => tableOf(columns, [...byWork(rows).values()].flat()));
}

/** Times, requests and steps of all work, and every figure of the first update, in Markdown. */
export function renderSummary(results: Results): string {
  const by: Columns = { "first up": ({ contender }) => contender };
  return renderGroups(results, (rows) => {
    const first = rows.filter(({ work }) => work === "first up");
    return `${timesOf(rows)}\n${tableOf({ ...by, ...figures }, first)}`;
  });
}

/** Work after which not all contenders left the same on GitHub. */
export function differingEnds({ measurements }: Results): string[] {
  const done = measurements.filter(({ outcome }) => outcome === "done");
  const groups = Map.groupBy(done, (row) => `${titleOf(row)}: ${row.work}`);
  return [...groups].flatMap(([title, rows]) =>
    new Set(rows.map(({ endState }) => endState)).size > 1 ? title : [],
  );
}

function renderGroups(results: Results, render: (rows: readonly Measurement[]) => string): string {
  const differing = differingEnds(results);
  return [
    ...[...Map.groupBy(results.measurements, titleOf)].map(
      ([title, rows]) => `### ${title}\n\n${render(rows)}`,
    ),
    ...Object.entries(results.missing).map(([id, reason]) => `${id} was not measured: ${reason}\n`),
    differing.length === 0
      ? "The end state is the same for all after each piece of work.\n"
      : `**The end states differ after ${differing.join("; ")}.**\n`,
  ].join("\n");
}

const titleOf = ({ kind, repositories }: Measurement) => `${repositories} repositories, ${kind}`;

const byWork = (rows: readonly Measurement[]) => Map.groupBy(rows, ({ work }) => work);

const shortOutcome = (outcome: string) => outcome.split(/[:\n]/)[0] ?? outcome;

/** A row for each piece of work, a column for each contender. */
function timesOf(rows: readonly Measurement[]): string {
  const contenders = [...new Set(rows.map(({ contender }) => contender))];
  const lines = [...byWork(rows)].map(([work, measured]) => [
    work,
    ...contenders.map((name) => {
      const found = measured.find(({ contender }) => contender === name);
      if (found === undefined) return "";
      const { outcome, seconds, requests, steps } = found;
      const counts = [totalOf(requests), ...(steps === undefined ? [] : [steps])].join(", ");
      return outcome === "done" ? `${seconds.toFixed(1)} s, ${counts}` : shortOutcome(outcome);
    }),
  ]);
  return markdownTable(["time, requests, steps", ...contenders], lines);
}

function tableOf(columns: Columns, rows: readonly Measurement[]): string {
  const lines = rows.map((row) => Object.values(columns).map((column) => String(column(row))));
  return markdownTable(Object.keys(columns), lines);
}

function markdownTable(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, index) => (index === 0 ? "---" : "--:"));
  return [line(head), line(rule), ...lines.map(line), ""].join("\n");
}
