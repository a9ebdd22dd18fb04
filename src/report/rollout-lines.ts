import type { BudgetEstimate } from "../rollout/estimate-budget.ts";
import type {
  RepositoryResult,
  RolloutEnd,
  RolloutEvent,
  WavePlan,
} from "../rollout/rollout-event.ts";
import { count } from "./count.ts";
import type { Colors } from "picocolors/types.js";

/** An event of a rollout as lines of text; none for those that only a screen shows. */
export function rolloutLines(event: RolloutEvent, colors: Colors): string[] {
  const stack = colors.bold(event.stack);
  switch (event.type) {
    case "nothing-to-do":
      return [`${stack}: nothing to do, everything is as declared`];
    case "planned":
      return planLines(event, stack);
    case "warning":
      return [`${stack}: ${colors.yellow("warning")}: ${event.message}`];
    case "status":
      return [];
    case "wave-started":
      return [
        `${stack}: wave ${colors.bold(event.wave)}, ${repositories(event.repositories.length)}`,
      ];
    case "repository":
      return [`  ${repositoryLine(event, colors)}`];
    case "wave-ended":
      return event.failed === 0
        ? [`${stack}: wave ${event.wave} is ${colors.green("done")}`]
        : [`${stack}: wave ${event.wave}: ${colors.red(`${event.failed} failed`)}`];
    case "ended":
      return endLines(event, event.stack, colors);
  }
}

/** `api  healthy  published api:sha-1234567` */
export function repositoryLine(result: RepositoryResult, colors: Colors): string {
  const paint = {
    applying: colors.dim,
    applied: colors.dim,
    waiting: colors.cyan,
    healthy: colors.green,
    merge: colors.yellow,
    failed: colors.red,
  }[result.state];
  const parts = [result.repository, paint(result.state), result.detail];
  if (result.url !== undefined && (result.state === "failed" || result.state === "merge")) {
    parts.push(result.url);
  }
  return parts.filter((part) => part !== undefined).join("  ");
}

function planLines(event: Extract<RolloutEvent, { type: "planned" }>, stack: string): string[] {
  const counts = Object.entries(event.changes).map(([operation, count]) => `${count} ${operation}`);
  const width = Math.max(...event.waves.map(({ name }) => name.length), "in all".length);
  return [
    `${stack}: ${counts.join(", ") || "no changes"}`,
    ...event.waves.map((wave) => `  ${wave.name.padEnd(width)}  ${waveLine(wave)}`),
    `  ${"in all".padEnd(width)}  ${budgetLine(event.budget)}`,
  ];
}

function waveLine({ repositories: all, changing, budget }: WavePlan): string {
  return `${changing.length} of ${repositories(all)}: ${budgetLine(budget)}`;
}

function budgetLine(budget: BudgetEstimate): string {
  if (budget.writes === 0) return "no writes";
  const { requests, writes, graphqlPoints, contentWrites, seconds } = budget;
  return (
    `${count(writes, "write")} (${contentWrites} of content), ${count(requests, "request")}, ` +
    `${count(graphqlPoints, "GraphQL point")}, ${seconds > 0 ? `at least ${duration(seconds)}` : "no waiting"}`
  );
}

function endLines(end: RolloutEnd, stack: string, colors: Colors): string[] {
  const results = Object.values(end.repositories);
  if (end.outcome === "nothing-to-do") return [];
  const failed = results.filter(({ state }) => state === "failed");
  const merges = results.filter(({ state }) => state === "merge");
  const details = [
    ...end.reasons.map((reason) => `  ${reason}`),
    ...[...failed, ...merges].map((result) => `  ${repositoryLine(result, colors)}`),
  ];
  return [
    `${colors.bold(stack)}: ${verdict(end, failed.length, colors)}`,
    ...details,
    ...nextStep(end, stack),
  ];
}

function verdict(end: RolloutEnd, failed: number, colors: Colors): string {
  const at = end.wave === undefined ? "" : ` in wave ${end.wave}`;
  switch (end.outcome) {
    case "nothing-to-do":
    case "planned":
      return "planned, nothing was written";
    case "done":
      return failed === 0
        ? colors.green("rolled out")
        : colors.yellow(`rolled out, but ${repositories(failed)} failed`);
    case "refused":
      return `${colors.red("refused")}${at || ", nothing was written"}`;
    case "unhealthy":
      return `${colors.red("stopped by the health gate")}${at}: later waves are as they were`;
    case "failed":
      return `${colors.red("failed")}${at}`;
    case "stopped":
      return `${colors.yellow("stopped")}${at}, as asked`;
  }
}

function nextStep({ outcome, wave }: RolloutEnd, stack: string): string[] {
  if (outcome === "done" || outcome === "nothing-to-do" || outcome === "planned") return [];
  const resume = `ghcr-fleet rollout ${stack} --resume`;
  if (outcome === "stopped") return [`  Go on: ${resume}`];
  return [
    `  Mend the cause, then go on: ${wave === undefined ? `ghcr-fleet rollout ${stack}` : resume}`,
  ];
}

function repositories(number: number): string {
  return count(number, "repository");
}

/** `40 s`, `3 min`, `2 h 5 min` */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
