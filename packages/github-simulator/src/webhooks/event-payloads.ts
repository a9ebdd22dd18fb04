import type { View } from "../serializers/view.ts";
import type { ChangeDetail, WorldEvents } from "../world/events.ts";
import type { Release } from "../world/state/release.ts";
import { simpleUserByLogin } from "../serializers/account.ts";
import { labelShape } from "../serializers/label.ts";
import { milestoneShape } from "../serializers/milestone.ts";
import type { Repository } from "../world/state/repository.ts";
import { plain, pullRequestPayload, type Payload } from "./webhook-payloads.ts";

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#create */
export function createPayload({ repository, ref }: WorldEvents["push"]): Payload {
  return {
    ...namedRef(ref),
    master_branch: repository.defaultBranch,
    description: repository.description,
    pusher_type: "user",
  };
}

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#delete */
export function deletePayload({ ref }: WorldEvents["push"]): Payload {
  return { ...namedRef(ref), pusher_type: "user" };
}

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request */
export function pullRequestEventPayload(
  view: View,
  { repository, number, action, before, detail }: WorldEvents["pull_request"],
): Payload | undefined {
  const pull = repository.pulls.find((each) => each.number === number);
  if (pull === undefined) return undefined;
  return {
    action,
    number,
    ...(before !== undefined && { before, after: pull.head.sha }),
    pull_request: pullRequestPayload(view, repository, pull),
    ...detailPayload(view, repository, detail),
  };
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#release */
export function releaseActivities(action: string, { prerelease }: Release): string[] {
  if (action !== "published") return [action];
  return ["published", prerelease ? "prereleased" : "released"];
}

function namedRef(full: string): { ref: string; ref_type: "branch" | "tag" } {
  const [, kind = "", ref = ""] = /^refs\/(heads|tags)\/(.+)$/.exec(full) ?? [];
  return { ref, ref_type: kind === "tags" ? "tag" : "branch" };
}

/** The subject of an action, as in all payloads. */
export function detailPayload(
  view: View,
  repository: Repository,
  { label, milestone, assignee, reviewer, changes }: ChangeDetail = {},
): Payload {
  const person = (login: string) => simpleUserByLogin(view, login);
  return plain({
    ...(label && { label: labelShape(view, repository, label) }),
    ...(milestone && { milestone: milestoneShape(view, repository, milestone) }),
    ...(assignee !== undefined && { assignee: person(assignee) }),
    ...(reviewer !== undefined && { requested_reviewer: person(reviewer) }),
    ...(changes && { changes }),
  });
}
