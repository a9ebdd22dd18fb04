import { count, duration } from "../../format-text.ts";
import type { BudgetEstimate } from "../../operations/budget/estimate-budget.ts";
import type {
  Delivery,
  Drift,
  DriftedResource,
  FileChange,
  PropertyChange,
  ResourceChange,
  StackPreview,
  TokenOutlook,
} from "../../operations/preview/stack-preview.ts";

export function headline(preview: StackPreview): string {
  const { outcome, changes, rules, failures, missingRights } = preview;
  switch (outcome) {
    case "failed":
      if (missingRights.length > 0) return "the admin token lacks rights, so an update would fail";
      return failures.length > 0 ? "the preview failed" : "the plan could not be saved";
    case "refused": {
      const broken = rules.filter(({ level }) => level === "mandatory").length;
      // The failure names the rule and the numbers.
      if (broken === 0) return "refused by the removal rule";
      return `refused, ${count(broken, "mandatory rule")} broken`;
    }
    case "ready":
      return changes.length === 0 ? "nothing changes" : changedWords(changes);
  }
}

export function changedWords(changes: StackPreview["changes"]): string {
  const repositories = changes.filter(({ repository }) => repository !== undefined).length;
  const common = changes.find(({ repository }) => repository === undefined)?.resources ?? [];
  const shared = common.filter(({ files }) => files.length === 0).length;
  const parts = [
    ...(shared < common.length ? ["the shared workflow changes"] : []),
    ...(repositories > 0 ? [`${count(repositories, "repository")} ${verb(repositories)}`] : []),
    ...(shared > 0 ? [`${count(shared, "shared setting")} ${verb(shared)}`] : []),
  ];
  return parts.join(", ") || "nothing changes";
}

export function ruleWords({ outcome, changes, rules }: StackPreview): string {
  // A preview that failed early did not judge the rules.
  if (outcome !== "ready" && changes.length === 0 && rules.length === 0) return "not judged";
  const broken = (["mandatory", "advisory"] as const).flatMap((wanted) => {
    const { length } = rules.filter(({ level }) => level === wanted);
    return length === 0 ? [] : [`${length} ${wanted}`];
  });
  return broken.length === 0 ? "no rule is broken" : `${broken.join(" and ")} broken`;
}

export function driftWords(drift: Drift): string {
  if (!drift.judged) return "not judged";
  const { length } = drift.resources;
  return length === 0 ? "none" : `${count(length, "resource")} changed outside of the stack`;
}

export function budgetWords({ writes, requests, graphqlPoints, seconds }: BudgetEstimate): string {
  const cost = `${count(writes, "write")}, ${count(requests, "request")}, ${count(graphqlPoints, "GraphQL point")}`;
  return writes === 0 ? "nothing to write" : `${cost}; at least ${duration(Math.max(1, seconds))}`;
}

export function tokenWords({ used, owner, expiresAt, daysLeft, withheld }: TokenOutlook): string {
  if (!used) return "none: every repository publishes with the job's own token";
  const known = owner === undefined ? "" : `of ${owner}${lifeWords(expiresAt, daysLeft)}`;
  if (!withheld) return known || "not known";
  return `not judged, its value is withheld here${known && `; the last update found one ${known}`}`;
}

function lifeWords(expiresAt: string | undefined, daysLeft: number | undefined): string {
  if (expiresAt === undefined || daysLeft === undefined) return "";
  const end = expiresAt.slice(0, 10);
  return daysLeft < 0 ? `, expired on ${end}` : `, ${count(daysLeft, "day")} left (until ${end})`;
}

function verb(number: number): string {
  return number === 1 ? "changes" : "change";
}

/** Files written by hand that would be overwritten: `api .github/workflows/ci.yml`. */
export function replacedFiles(changes: StackPreview["changes"]): string[] {
  return changes.flatMap(({ repository = "", resources }) =>
    resources.flatMap(({ files }) =>
      files
        .filter(({ kind }) => kind === "replaced")
        .map((file) => `${repository}: ${file.path}, written by hand (${fileWords(file)})`),
    ),
  );
}

/** "by a pull request to main, because ruleset "x" forbids a commit" */
export function deliveryWords(delivery: Delivery): string {
  const { by, branch } = delivery;
  switch (by) {
    case "commit":
      return `by a commit to ${branch}`;
    case "bypass":
      return `by a commit to ${branch} that bypasses ${delivery.why}, as the owner of the admin token may; delivery: pull-request opens a pull request`;
    case "pull-request":
      return `by a pull request to ${branch}, because of ${delivery.why}`;
    case "unknown":
      return `by a commit to ${branch}, or by a pull request if its rules forbid that (not known: ${delivery.why})`;
  }
}

export function skippedWords(skipped: StackPreview["skipped"]): string[] {
  return Object.entries(skipped).map(([name, reason]) => `${name}: ${reason}`);
}

const verbs = {
  create: "new",
  update: "changed",
  replace: "replaced",
  delete: "removed",
  release: "no longer managed, stays",
} as const;

/** "workflow files (changed, +3 −1)" */
export function resourceWords({ operation, what, files }: ResourceChange): string {
  const isRecorded = operation === "create" && files.length === 0 && what === "logins in workflows";
  if (isRecorded) return `${what} (nothing to write)`;
  return `${what} (${[verbs[operation], ...lineCount(files)].join(", ")})`;
}

export function driftedWords({ what, kind, files }: DriftedResource): string {
  return `${what} (${[kind === "gone" ? "gone" : "changed", ...lineCount(files)].join(", ")})`;
}

/** "+3 −1" */
export function fileWords({ added, removed }: Pick<FileChange, "added" | "removed">): string {
  return `+${added} −${removed}`;
}

export function propertyWords({ path, before, after }: PropertyChange): string {
  if (before === undefined) return `${path}: ${after}, new`;
  return after === undefined ? `${path}: no longer ${before}` : `${path}: ${before} → ${after}`;
}

function lineCount(files: readonly FileChange[]): string[] {
  if (files.length === 0) return [];
  const sum = (side: "added" | "removed") => files.reduce((all, file) => all + file[side], 0);
  return [fileWords({ added: sum("added"), removed: sum("removed") })];
}
