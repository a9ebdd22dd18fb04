import { headOf } from "../host/actions-event.ts";
import type { Run } from "../records/run-record.ts";

/**
 * The filters of the lists of runs.
 * @see https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
 */
export function filterRuns(
  runs: readonly Run[],
  query: Readonly<Record<string, string | undefined>>,
): Run[] {
  const { actor, branch, event, status, created, head_sha: sha } = query;
  const suite = query["check_suite_id"];
  return runs.filter(
    (run) =>
      (actor === undefined || run.event.actor.toLowerCase() === actor.toLowerCase()) &&
      (branch === undefined || headOf(run.event).branch === branch) &&
      (event === undefined || run.event.name === event) &&
      (status === undefined || run.status === status || run.conclusion === status) &&
      // A run's check suite has the run's id.
      (suite === undefined || String(run.id) === suite) &&
      (sha === undefined || headOf(run.event).sha === sha) &&
      (created === undefined || isCreated(run.createdAt, created)),
  );
}

/** `2031-05-06`, `>=2031-05-06`, `<2031-05-06T07:00:00Z`, `2031-05-01..2031-05-06`, `*..2031-05-06`. */
function isCreated(date: Date, range: string): boolean {
  const [, operator, bound = ""] = /^(>=|<=|>|<)(.+)$/.exec(range) ?? [];
  const { from, to } = span(bound);
  if (operator === ">=") return date >= from;
  if (operator === ">") return date > to;
  if (operator === "<=") return date <= to;
  if (operator === "<") return date < from;
  const [first = "*", last = first] = range.split("..");
  return (first === "*" || date >= span(first).from) && (last === "*" || date <= span(last).to);
}

/** A day, or the second that a full time names. */
function span(text: string): { from: Date; to: Date } {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const from = new Date(isDay ? `${text}T00:00:00Z` : text);
  return { from, to: new Date(from.getTime() + (isDay ? 86_400_000 : 1000) - 1) };
}
