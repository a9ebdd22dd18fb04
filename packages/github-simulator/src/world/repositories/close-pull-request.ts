import { actorName } from "../actor.ts";
import type { Session } from "../session.ts";
import type { PullRequest } from "../state/discussions.ts";
import type { Repository } from "../state/repository.ts";

/** Closes a pull request without merging it. */
export function closePullRequest(
  { world, actor }: Session,
  repository: Repository,
  pull: PullRequest,
): void {
  if (pull.state === "closed") return;
  pull.state = "closed";
  pull.closedAt = world.now();
  pull.closedBy = actorName(actor);
  pull.autoMerge = null;
  pull.updatedAt = pull.closedAt;
  world.events.emit("pull_request", { repository, number: pull.number, action: "closed", actor });
}
