import type { Session } from "../session.ts";
import { actorName } from "../actor.ts";
import type { Repository } from "../state/repository.ts";
import { changesBetween } from "../events.ts";
import type { World } from "../world.ts";
import type { Milestone } from "../state/discussions.ts";

export interface MilestoneChange {
  title?: string | undefined;
  description?: string | null | undefined;
  state?: Milestone["state"] | undefined;
  dueOn?: string | null | undefined;
}

/** Numbers count up; those of deleted milestones are not used again. */
export function createMilestone(
  { world, actor }: Session,
  repository: Repository,
  { title, ...given }: MilestoneChange & { title: string },
): Milestone {
  repository.lastMilestone += 1;
  const now = world.now();
  const milestone: Milestone = {
    id: world.nextId(),
    number: repository.lastMilestone,
    title,
    description: null,
    state: "open",
    creator: actorName(actor),
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    dueOn: null,
  };
  repository.milestones.push(milestone);
  apply(world, milestone, given);
  world.events.emit("milestone", { repository, milestone, action: "created", actor });
  return milestone;
}

export function changeMilestone(
  { world, actor }: Session,
  repository: Repository,
  milestone: Milestone,
  given: MilestoneChange,
): void {
  const before = { ...milestone, due_on: milestone.dueOn };
  apply(world, milestone, given);
  const now = { ...milestone, due_on: milestone.dueOn };
  const changes = changesBetween(before, now, ["title", "description", "due_on"]);
  const event = { repository, milestone, actor };
  if (Object.keys(changes).length > 0) {
    world.events.emit("milestone", { ...event, action: "edited", detail: { changes } });
  }
  if (now.state !== before.state) {
    world.events.emit("milestone", {
      ...event,
      action: now.state === "open" ? "opened" : "closed",
    });
  }
}

function apply(
  world: World,
  milestone: Milestone,
  { title, description, state, dueOn }: MilestoneChange,
): void {
  const before = milestone.state;
  milestone.title = title ?? milestone.title;
  if (description !== undefined) milestone.description = description;
  milestone.state = state ?? milestone.state;
  milestone.updatedAt = world.now();
  if (dueOn !== undefined) milestone.dueOn = dueOn === null ? null : dayOf(dueOn);
  if (milestone.state !== before) {
    milestone.closedAt = milestone.state === "closed" ? world.now() : null;
  }
}

/** Also removes it from its issues. */
export function deleteMilestone(
  { world, actor }: Session,
  repository: Repository,
  milestone: Milestone,
): void {
  repository.milestones = repository.milestones.filter((each) => each !== milestone);
  for (const issue of repository.issues) {
    if (issue.milestone === milestone.number) issue.milestone = null;
  }
  world.events.emit("milestone", { repository, milestone, action: "deleted", actor });
}

export function issuesOf({ issues }: Repository, { number }: Milestone) {
  return issues.filter(({ milestone }) => milestone === number);
}

/**
 * GitHub stores only the day: the last midnight in California.
 * https://github.com/microsoft/PowerShellForGitHub/pull/133
 */
function dayOf(moment: string): string {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: pacific }).format(new Date(moment));
  const summer = `${day}T07:00:00Z`;
  const hour = new Intl.DateTimeFormat("en-US", {
    timeZone: pacific,
    hour: "numeric",
    hourCycle: "h23",
  }).format(new Date(summer));
  return Number(hour) === 0 ? summer : `${day}T08:00:00Z`;
}

const pacific = "America/Los_Angeles";
