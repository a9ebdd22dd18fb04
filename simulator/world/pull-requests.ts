import type { Actor } from "./actor.ts";
import { actorName } from "./actor.ts";
import { requiredApprovals } from "./branch-rules.ts";
import { encodeCommit } from "./git-objects.ts";
import { nextNumber } from "./issue-numbers.ts";
import { mergeTrees } from "./merge.ts";
import { Refusal } from "./refusal.ts";
import { branchHead, history, isAncestor, putObject, readCommit } from "./repository-git.ts";
import type { PullRequest, Repository } from "./state.ts";
import type { World } from "./world.ts";
import { signatureOf, webFlow, writeRef } from "./write-refs.ts";

export interface NewPullRequest {
  title: string;
  body: string | null;
  head: string;
  base: string;
  draft: boolean;
  maintainerCanModify: boolean;
}

/** Opens a pull request between two branches of the repository. */
export function openPullRequest(
  world: World,
  actor: Actor,
  repository: Repository,
  asked: NewPullRequest,
): PullRequest {
  const head = branchHead(repository, asked.head);
  const base = branchHead(repository, asked.base);
  if (head === undefined) throw new Refusal("invalid", "head: invalid");
  if (base === undefined) throw new Refusal("invalid", "base: invalid");
  const twin = repository.pulls.find(
    (pull) => pull.state === "open" && pull.head.ref === asked.head && pull.base.ref === asked.base,
  );
  if (twin !== undefined) {
    throw new Refusal(
      "invalid",
      `A pull request already exists for ${repository.owner}:${asked.head}.`,
    );
  }
  if (isAncestor(repository, head, base)) {
    throw new Refusal("invalid", `No commits between ${asked.base} and ${asked.head}`);
  }
  const now = world.now();
  const pull: PullRequest = {
    id: world.nextId(),
    number: nextNumber(repository),
    title: asked.title,
    body: asked.body,
    author: actorName(actor),
    head: { ref: asked.head, sha: head },
    base: { ref: asked.base, sha: base },
    state: "open",
    labels: [],
    draft: asked.draft,
    maintainerCanModify: asked.maintainerCanModify,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    mergedAt: null,
    mergedBy: null,
    mergeCommit: null,
  };
  repository.pulls.push(pull);
  world.events.emit("pull_request", { repository, number: pull.number, action: "opened", actor });
  return pull;
}

/** Closes a pull request without merging it. */
export function closePullRequest(
  world: World,
  actor: Actor,
  repository: Repository,
  pull: PullRequest,
): void {
  if (pull.state === "closed") return;
  pull.state = "closed";
  pull.closedAt = world.now();
  pull.updatedAt = pull.closedAt;
  world.events.emit("pull_request", { repository, number: pull.number, action: "closed", actor });
}

export type MergeMethod = "merge" | "squash" | "rebase";

/** Merges an open pull request and answers the commit that the base branch then stands on. */
export function mergePullRequest(
  world: World,
  actor: Actor,
  repository: Repository,
  pull: PullRequest,
  method: MergeMethod,
  message: string | undefined,
): string {
  const base = branchHead(repository, pull.base.ref);
  const tree = base === undefined ? undefined : mergeTrees(repository, base, pull.head.sha);
  if (base === undefined || tree === undefined) {
    throw new Refusal("forbidden", "Pull Request is not mergeable");
  }
  assertMethodAllowed(repository, method);
  const approvals = requiredApprovals(world, repository, pull.base.ref);
  if (approvals > 0) {
    throw new Refusal(
      "forbidden",
      `At least ${approvals} approving review is required by reviewers with write access.`,
    );
  }
  const oid = putObject(
    repository,
    encodeCommit({
      tree,
      parents: method === "merge" ? [base, pull.head.sha] : [base],
      author: signatureOf(world, actor),
      committer: webFlow(world),
      message: message ?? defaultMessage(repository, pull, method),
    }),
  );
  repository.signed.add(oid);
  const baseBefore = { ...pull.base };
  writeRef(world, actor, repository, `refs/heads/${pull.base.ref}`, oid, {
    pullRequestHead: pull.head.sha,
  });
  const now = world.now();
  Object.assign(pull, {
    base: baseBefore,
    state: "closed",
    closedAt: now,
    updatedAt: now,
    mergedAt: now,
    mergedBy: actorName(actor),
    mergeCommit: oid,
  });
  if (repository.settings.delete_branch_on_merge) {
    writeRef(world, actor, repository, `refs/heads/${pull.head.ref}`, null);
  }
  world.events.emit("pull_request", { repository, number: pull.number, action: "closed", actor });
  return oid;
}

function assertMethodAllowed({ settings }: Repository, method: MergeMethod): void {
  const [isAllowed, what] = {
    merge: [settings.allow_merge_commit, "Merge commits"] as const,
    squash: [settings.allow_squash_merge, "Squash merges"] as const,
    rebase: [settings.allow_rebase_merge, "Rebase merges"] as const,
  }[method];
  if (!isAllowed) throw new Refusal("forbidden", `${what} are not allowed on this repository.`);
}

/** The commits that a pull request brings, oldest first. */
export function pullRequestCommits(repository: Repository, pull: PullRequest): string[] {
  const known = new Set(history(repository, pull.base.sha));
  return history(repository, pull.head.sha)
    .filter((oid) => !known.has(oid))
    .reverse();
}

function defaultMessage(repository: Repository, pull: PullRequest, method: MergeMethod): string {
  switch (method) {
    case "merge":
      return `Merge pull request #${pull.number} from ${repository.owner}/${pull.head.ref}\n\n${pull.title}`;
    case "squash":
      return `${pull.title} (#${pull.number})`;
    case "rebase":
      return readCommit(repository, pull.head.sha).message;
  }
}
