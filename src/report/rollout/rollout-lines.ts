import { printable, printableLines } from "../../printable.ts";
import type { BudgetEstimate } from "../../operations/budget/estimate-budget.ts";
import type { RepositoryResult, RolloutEvent } from "../../operations/waves/rollout-event.ts";
import type { Colors } from "picocolors/types.js";
import { previewText } from "../preview/preview-text.ts";
import { rotateCommand } from "../../pat/rotate-command.ts";
import { mostNames } from "../preview/describe-changes.ts";
import { count, duration, listed } from "../../format-text.ts";

/** An event of a rollout as lines of text; none for events that only the live display shows. */
export function rolloutLines(event: RolloutEvent, colors: Colors): string[] {
  const stack = colors.bold(event.stack);
  switch (event.type) {
    case "nothing-to-do":
      return [
        event.refreshed
          ? `${stack}: nothing to do, GitHub is as declared`
          : `${stack}: nothing to do, everything declared is applied; --refresh also finds changes by hand`,
      ];
    case "previewed":
      return previewText(event.preview, colors).split("\n");
    case "rotation-planned":
      return [
        `${stack}: this rotation will`,
        ...event.steps.map((step, index) => `  ${index + 1}. ${printableLines(step)}`),
      ];
    case "planned":
      return planLines(event, stack);
    case "note":
      return [`${stack}: ${printableLines(event.message)}`];
    case "warning":
      return `${stack}: ${colors.yellow("warning")}: ${printableLines(event.message)}`
        .split("\n")
        .map((line, index) => (index === 0 ? line : `    ${line}`));
    case "previewing":
    case "status":
      return [];
    case "wave-started": {
      const many = event.repositories.length;
      const size = many > 0 ? `, ${repositories(many)}` : "";
      return [`${stack}: wave ${colors.bold(event.wave)}${size}`];
    }
    case "repository":
      return [`  ${repositoryLine(event, colors)}`];
    case "wave-ended": {
      const { wave, failed, waiting } = event;
      const left = [
        ...(failed > 0 ? [colors.red(`${failed} failed`)] : []),
        ...(waiting > 0 ? [colors.yellow(waitingForMerges(waiting))] : []),
      ];
      return left.length === 0
        ? [`${stack}: wave ${wave} is ${colors.green("done")}`]
        : [`${stack}: wave ${wave}: ${left.join(", ")}`];
    }
    case "ended":
      return endLines(event, colors);
  }
}

/** @param many repositories whose pull requests the next wave waits for */
export function waitingForMerges(many: number): string {
  return `${many} ${many === 1 ? "waits" : "wait"} for a merge`;
}

/** `api  healthy  published api:sha-1234567` */
export function repositoryLine(result: RepositoryResult, colors: Colors): string {
  const paint = {
    applying: colors.dim,
    applied: colors.dim,
    waiting: colors.cyan,
    healthy: colors.green,
    merge: colors.yellow,
    unproven: colors.yellow,
    declined: colors.yellow,
    failed: colors.red,
  }[result.state];
  const parts = [result.repository, paint(result.state), result.detail && printable(result.detail)];
  if (
    result.url !== undefined &&
    ["failed", "merge", "declined", "unproven"].includes(result.state)
  ) {
    parts.push(printable(result.url));
  }
  return parts.filter((part) => part !== undefined).join("  ");
}

function planLines(event: Extract<RolloutEvent, { type: "planned" }>, stack: string): string[] {
  const counts = Object.entries(event.changes).map(([operation, many], index) =>
    index === 0 ? `${count(many, "resource")} to ${operation}` : `${many} to ${operation}`,
  );
  const all = event.waves.reduce((sum, { repositories }) => sum + repositories, 0);
  const changing = event.waves.reduce((sum, wave) => sum + wave.changing.length, 0);
  return [
    `${stack}: ${counts.join(", ") || "no changes"}`,
    ...columns([
      ["wave", "changing", "writes", "content", "requests", "GraphQL", "at least"],
      ...event.waves.map(({ name, repositories: all, changing, budget }) => [
        name,
        `${changing.length} of ${all}`,
        ...budgetCells(budget),
      ]),
      ["in all", `${changing} of ${all}`, ...budgetCells(event.budget)],
    ]),
    ...event.waves
      .filter((wave) => wave.changing.length > 0)
      .map((wave) => `  ${wave.name}: ${listed(wave.changing, mostNames)}`),
    ...(event.leaving.length > 0
      ? [`  leaving the fleet with the last wave: ${listed(event.leaving, mostNames)}`]
      : []),
  ];
}

/** A table with numbers aligned to the right, narrow enough for a terminal of 80 columns. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths?.[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `  ${cells.join("  ")}`;
  });
}

function budgetCells({
  requests,
  writes,
  graphqlPoints,
  contentWrites,
  seconds,
}: BudgetEstimate): string[] {
  const counts = [writes, contentWrites, requests, graphqlPoints].map(String);
  return [...counts, duration(seconds)];
}

type Ended = Extract<RolloutEvent, { type: "ended" }>;

function endLines(end: Ended, colors: Colors): string[] {
  const results = Object.values(end.repositories);
  if (end.outcome === "nothing-to-do") return [];
  const failed = results.filter(({ state }) => state === "failed");
  const open = ["merge", "declined", "unproven"].flatMap((wanted) =>
    results.filter(({ state }) => state === wanted),
  );
  const details = [
    ...end.reasons.map((reason) => `  ${printableLines(reason)}`),
    ...[...failed, ...open].map((result) => `  ${repositoryLine(result, colors)}`),
  ];
  return [
    `${colors.bold(end.stack)}: ${verdict(end, failed.length, colors)}`,
    ...details,
    ...nextStep(end),
  ];
}

const doneWords = {
  rollout: "rolled out",
  rotation: "rotation done",
  revocation: "revocation done",
} as const;

function verdict(end: Ended, failed: number, colors: Colors): string {
  const at = end.wave === undefined ? "" : ` in wave ${end.wave}`;
  switch (end.outcome) {
    case "nothing-to-do":
    case "planned":
      return "planned, nothing was written";
    case "declined":
      return `${colors.yellow("not confirmed")}, nothing was written`;
    case "done":
      return failed > 0
        ? colors.yellow(`${doneWords[end.of]}, but ${repositories(failed)} failed`)
        : colors.green(
            end.of === "rotation" && end.wave === "withdrawal"
              ? "rotation undone"
              : doneWords[end.of],
          );
    case "unable":
      return `${colors.red("the admin token lacks rights")}, nothing was written`;
    case "refused":
      return `${colors.red("refused")}${at || ", nothing was written"}`;
    case "unhealthy":
      return `${colors.red("stopped by the health gate")}${at}: later waves are unchanged`;
    case "failed":
      return `${colors.red("failed")}${at}`;
    case "stopped":
      return `${colors.yellow("stopped")}${at}${end.reasons.length === 0 ? ", as asked" : ""}`;
  }
}

function nextStep({ of, outcome, stack, wave, again }: Ended): string[] {
  if (["done", "planned", "declined"].includes(outcome)) return [];
  const next = outcome === "stopped" ? "Continue" : "Fix the cause, then continue";
  if (of === "rollout") {
    const resume = wave === undefined && outcome !== "stopped" ? "" : " --resume";
    return [`  ${next}: ghcr-fleet rollout ${stack}${resume}`];
  }
  const rotate = `ghcr-fleet rotate ${stack}`;
  const begin = again ?? rotateCommand(stack, undefined);
  switch (wave) {
    case undefined:
      // Only the old PAT is left to be revoked.
      return [`  ${next}: ${rotate} --revoke-only`];
    case "trial":
      return isUndone(outcome)
        ? [`  Fix the cause, then start again: ${begin}`]
        : [`  ${next}: ${rotate} --resume; or undo the trial: ${rotate} --abort`];
    case "withdrawal":
      // The configuration only has the old PAT again: any update replaces the new one.
      return [`  ${next}: pulumi up --stack ${stack}`];
    case "withdrawn":
      return [`  Give the fleet another PAT: ${begin}`];
    default:
      return [`  ${next}: ${rotate} --resume`];
  }
}

/** The trial's repositories have the old PAT back. */
function isUndone(outcome: Ended["outcome"]): boolean {
  return outcome === "unhealthy" || outcome === "refused";
}

function repositories(number: number): string {
  return count(number, "repository");
}
