import type {
  EventsConfig,
  ScheduleConfig,
} from "@actions/workflow-parser/model/workflow-template";
import { type ActionsEvent, subjectsOf } from "../host/actions-event.ts";
import { passesFilter } from "../language/filter-pattern.ts";

interface Filters {
  readonly branches?: readonly string[];
  readonly "branches-ignore"?: readonly string[];
  readonly tags?: readonly string[];
  readonly "tags-ignore"?: readonly string[];
  readonly paths?: readonly string[];
  readonly "paths-ignore"?: readonly string[];
  readonly types?: readonly string[];
  /** Names of the workflows whose runs count. */
  readonly workflows?: readonly string[];
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows */
const DEFAULT_TYPES: Readonly<Record<string, readonly string[]>> = {
  pull_request: ["opened", "synchronize", "reopened"],
  pull_request_target: ["opened", "synchronize", "reopened"],
};

/**
 * Whether an event starts a workflow.
 * @param changedFiles read only where the workflow filters by path
 */
export function isTriggered(
  on: EventsConfig,
  event: ActionsEvent,
  changedFiles: () => readonly string[],
): boolean {
  if (!(event.name in on)) return false;
  if (event.name === "schedule") {
    return schedulesOf(on).some(({ cron }) => cron === event.payload.schedule);
  }
  const filters = on[event.name] as Filters;
  return (
    passesType(filters, event) &&
    passesWorkflow(filters, event) &&
    passesRef(filters, event) &&
    passesPaths(filters, event, changedFiles)
  );
}

/** A workflow's triggers that can happen in the simulator, but that it never reports. */
export function neverReported(on: EventsConfig): string[] {
  const zones = schedulesOf(on).flatMap(({ timezone = "UTC" }) => timezone);
  return [
    ...["branch_protection_rule", "registry_package"].filter((name) => name in on),
    ...("schedule" in on && schedulesOf(on).length === 0 ? ["schedule without cron"] : []),
    ...zones.filter((zone) => zone !== "UTC").map((zone) => `schedule with timezone ${zone}`),
  ];
}

/** `on: schedule` alone has no lines, and the parser accepts it. */
function schedulesOf({ schedule }: EventsConfig): readonly ScheduleConfig[] {
  return Array.isArray(schedule) ? schedule : [];
}

function passesType(filters: Filters, event: ActionsEvent): boolean {
  const types = filters.types ?? DEFAULT_TYPES[event.name];
  return types === undefined || types.some((type) => type === event.payload.action);
}

function passesWorkflow({ workflows }: Filters, event: ActionsEvent): boolean {
  return passesFilter([subjectsOf(event).workflow_run?.name ?? ""], workflows, undefined);
}

function passesRef(filters: Filters, event: ActionsEvent): boolean {
  if (event.name !== "push") {
    const { pull_request: pull, workflow_run: run, merge_group: group } = subjectsOf(event);
    const base = pull?.base?.ref ?? group?.base_ref?.replace("refs/heads/", "");
    const branch = base ?? run?.head_branch ?? "";
    return passesFilter([branch], filters.branches, filters["branches-ignore"]);
  }
  const forBranches = filters.branches ?? filters["branches-ignore"];
  const forTags = filters.tags ?? filters["tags-ignore"];
  // A workflow that filters only branches is not started by tags, and vice versa.
  if (event.ref.startsWith("refs/tags/")) {
    if (forTags === undefined) return forBranches === undefined;
    return passesFilter([event.ref.slice(10)], filters.tags, filters["tags-ignore"]);
  }
  if (forBranches === undefined) return forTags === undefined;
  return passesFilter([event.ref.slice(11)], filters.branches, filters["branches-ignore"]);
}

function passesPaths(
  filters: Filters,
  event: ActionsEvent,
  changedFiles: () => readonly string[],
): boolean {
  if (filters.paths === undefined && filters["paths-ignore"] === undefined) return true;
  // Path filters are not evaluated for pushes of tags.
  if (event.ref.startsWith("refs/tags/")) return true;
  return passesFilter(changedFiles(), filters.paths, filters["paths-ignore"]);
}
