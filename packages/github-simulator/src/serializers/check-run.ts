import type { View } from "./view.ts";
import type { Check } from "../world/state/check.ts";
import type { Repository } from "../world/state/repository.ts";
import { botAccount, simpleUser } from "./account.ts";
import { repositoryUrl } from "./repository.ts";

/** The app of all checks here: https://api.github.com/apps/github-actions */
export const actionsApp = { id: 15_368, slug: "github-actions", name: "GitHub Actions" };

/** The same id as in answers of Actions: a job is a check run. */
export function checkNodeId(kind: "CR" | "CS" | "WFR" | "W", id: number): string {
  return `${kind}_${Buffer.from(String(id)).toString("base64url")}`;
}

/** GitHub's `check-run`. */
export function checkRun(view: View, repository: Repository, sha: string, check: Check) {
  const url = `${repositoryUrl(view, repository)}/check-runs/${check.id}`;
  return {
    id: check.id,
    name: check.name,
    node_id: checkNodeId("CR", check.id),
    head_sha: sha,
    external_id: String(check.id),
    url,
    html_url: check.page,
    details_url: check.page,
    status: check.status,
    conclusion: check.conclusion,
    started_at: check.startedAt,
    completed_at: check.completedAt,
    output: {
      title: null,
      summary: null,
      text: null,
      annotations_count: check.annotations,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: check.suite },
    app: appShape(view),
    pull_requests: repository.pulls
      .filter(({ state, head }) => state === "open" && head.sha === sha)
      .map((pull) => pullRequestMinimal(view, repository, pull)),
  };
}

function pullRequestMinimal(
  view: View,
  repository: Repository,
  { id, number, head, base }: Repository["pulls"][number],
) {
  const self = repositoryUrl(view, repository);
  const repo = { id: repository.id, url: self, name: repository.name };
  return {
    id,
    number,
    url: `${self}/pulls/${number}`,
    head: { ref: head.ref, sha: head.sha, repo },
    base: { ref: base.ref, sha: base.sha, repo },
  };
}

function appShape(view: View) {
  const page = "https://github.com/apps/github-actions";
  return {
    ...actionsApp,
    client_id: "Iv1.05c79e9ad1f6bdfa",
    node_id: "MDM6QXBwMTUzNjg=",
    owner: simpleUser(view, botAccount("github")),
    description: "Automate your workflow from idea to production",
    external_url: "https://help.github.com/en/actions",
    html_url: page,
    created_at: "2018-07-30T09:30:17Z",
    updated_at: "2019-12-10T19:04:12Z",
    permissions: { actions: "write", checks: "write", contents: "write", metadata: "read" },
    events: [],
  };
}
