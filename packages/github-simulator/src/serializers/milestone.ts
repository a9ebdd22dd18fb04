import type { View } from "./view.ts";
import { issuesOf } from "../world/discussions/milestones.ts";
import type { Milestone } from "../world/state/discussions.ts";
import type { Repository } from "../world/state/repository.ts";
import { simpleUserByLogin } from "./account.ts";
import { nodeId } from "./node-id.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository.ts";

/** GitHub's `milestone`. */
export function milestoneShape(view: View, repository: Repository, milestone: Milestone) {
  const { id, number } = milestone;
  const url = `${repositoryUrl(view, repository)}/milestones/${number}`;
  const states = issuesOf(repository, milestone).map(({ state }) => state);
  return {
    url,
    html_url: `${repositoryHtmlUrl(repository)}/milestone/${number}`,
    labels_url: `${url}/labels`,
    id,
    node_id: nodeId("Milestone", repository.id, number),
    number,
    state: milestone.state,
    title: milestone.title,
    description: milestone.description,
    creator: simpleUserByLogin(view, milestone.creator),
    open_issues: states.filter((state) => state === "open").length,
    closed_issues: states.filter((state) => state === "closed").length,
    created_at: milestone.createdAt,
    updated_at: milestone.updatedAt,
    closed_at: milestone.closedAt,
    due_on: milestone.dueOn,
  };
}
