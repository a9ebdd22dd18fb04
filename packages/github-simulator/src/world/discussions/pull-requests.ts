import type { Session } from "../session.ts";
import { hasMergeQueue, rulesFor } from "../repositories/branch-rules.ts";
import { missingChecks } from "../repositories/checks.ts";
import { mergeTrees } from "../objects/merge-trees.ts";
import { branchHead, isAncestor } from "../objects/repository-git.ts";
import {
  mergedTree,
  mergeMessage,
  parentsOf,
  rebaseCommits,
  writeMergeCommit,
  type MergeText,
} from "./merge-commit.ts";
import { missingReviews } from "./reviews.ts";
import type { PullRequest } from "../state/discussions.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { actorName } from "../actor.ts";
import { nextNumber } from "./issues.ts";
import { Refusal } from "../refusal.ts";
import { setHead, writeRef } from "../repositories/write-refs.ts";

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
  { world, actor }: Session,
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
    assignees: [],
    requestedReviewers: [],
    requestedTeams: [],
    reviews: [],
    draft: asked.draft,
    maintainerCanModify: asked.maintainerCanModify,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closedBy: null,
    mergedAt: null,
    mergedBy: null,
    mergeCommit: null,
    autoMerge: null,
    mergeGroup: null,
  };
  repository.pulls.push(pull);
  setHead(repository, pull, head);
  world.events.emit("pull_request", { repository, number: pull.number, action: "opened", actor });
  return pull;
}

/** Reopens a closed pull request, with the current head of its branch. */
export function reopenPullRequest(
  { world, actor }: Session,
  repository: Repository,
  pull: PullRequest,
): void {
  if (pull.state === "open") return;
  if (pull.mergedAt !== null) throw new Refusal("invalid", "A merged pull request stays closed.");
  const head = branchHead(repository, pull.head.ref);
  if (head === undefined) {
    throw new Refusal("invalid", `state cannot be changed. The ${pull.head.ref} branch is gone.`);
  }
  pull.state = "open";
  pull.closedAt = null;
  pull.closedBy = null;
  setHead(repository, pull, head);
  pull.updatedAt = world.now();
  world.events.emit("pull_request", { repository, number: pull.number, action: "reopened", actor });
}

/** Changes a pull request's base branch, which must exist. */
export function setBase(
  { world, actor }: Session,
  repository: Repository,
  pull: PullRequest,
  ref: string,
): void {
  const sha = branchHead(repository, ref);
  if (sha === undefined) throw new Refusal("invalid", "base: invalid");
  if (ref === pull.base.ref) return;
  const { number, base } = pull;
  const changes = { base: { ref: { from: base.ref }, sha: { from: base.sha } } };
  pull.base = { ref, sha };
  pull.updatedAt = world.now();
  const detail = { changes };
  world.events.emit("pull_request", { repository, number, action: "edited", detail, actor });
}

/** Converts a pull request to a draft, or marks it as ready for review. */
export function setDraft(
  { world, actor }: Session,
  repository: Repository,
  pull: PullRequest,
  draft: boolean,
): void {
  if (pull.draft === draft) return;
  pull.draft = draft;
  pull.updatedAt = world.now();
  const action = draft ? "converted_to_draft" : "ready_for_review";
  world.events.emit("pull_request", { repository, number: pull.number, action, actor });
}

export type MergeMethod = "merge" | "squash" | "rebase";

/** Merges an open pull request and returns the new head of the base branch. */
export function mergePullRequest(
  session: Session,
  repository: Repository,
  pull: PullRequest,
  method: MergeMethod,
  text: MergeText = {},
): string {
  const { world, actor } = session;
  const merged = mergedTree(repository, pull);
  if (merged === undefined) throw new Refusal("forbidden", "Pull Request is not mergeable");
  assertMethodAllowed(repository, method);
  if (hasMergeQueue(world, repository, pull.base.ref)) {
    throw new Refusal("forbidden", "Changes must be made through the merge queue");
  }
  assertNoCodeOwners(world, repository, pull);
  const missing = missingReviews(world, repository, pull);
  if (missing !== undefined) throw new Refusal("forbidden", missing);
  const oid =
    method === "rebase"
      ? rebaseCommits(session, repository, pull, merged.base)
      : writeMergeCommit(session, repository, {
          tree: merged.tree,
          parents: parentsOf(pull, method, merged.base),
          message: mergeMessage(repository, pull, method, text),
        });
  if (oid === undefined) throw new Refusal("forbidden", "This branch can't be rebased");
  const baseBefore = { ...pull.base };
  writeRef(session, repository, `refs/heads/${pull.base.ref}`, oid, {
    pullRequestHead: pull.head.sha,
  });
  const now = world.now();
  Object.assign(pull, {
    base: baseBefore,
    state: "closed",
    closedAt: now,
    closedBy: actorName(actor),
    updatedAt: now,
    mergedAt: now,
    mergedBy: actorName(actor),
    mergeCommit: oid,
  });
  world.events.emit("pull_request", { repository, number: pull.number, action: "closed", actor });
  if (repository.settings.delete_branch_on_merge) deleteHead(session, repository, pull);
  return oid;
}

/** https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */
const ownersFiles = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/** Nobody here owns files, so a merge for which owners would be asked is refused. */
function assertNoCodeOwners(world: World, repository: Repository, { base }: PullRequest): void {
  const asksOwners = rulesFor(world, repository, base.ref).some(
    ({ reviews }) => reviews.codeOwners,
  );
  const isOwned = ownersFiles.some((path) => world.readFile(repository, base.ref, path));
  if (!asksOwners || !isOwned) return;
  throw new Refusal("not-implemented", "the simulator does not implement reviews by code owners");
}

/** A branch whose rules do not allow it stays, and the merge stands. */
function deleteHead(session: Session, repository: Repository, { head }: PullRequest): void {
  try {
    writeRef(session, repository, `refs/heads/${head.ref}`, null);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

/** @throws {Refusal} the repository does not allow this way of merging */
export function assertMethodAllowed({ settings }: Repository, method: MergeMethod): void {
  const [isAllowed, what] = {
    merge: [settings.allow_merge_commit, "Merge commits"] as const,
    squash: [settings.allow_squash_merge, "Squash merges"] as const,
    rebase: [settings.allow_rebase_merge, "Rebase merges"] as const,
  }[method];
  if (!isAllowed) throw new Refusal("forbidden", `${what} are not allowed on this repository.`);
}

/** https://docs.github.com/en/graphql/reference/enums#mergestatestatus, in lower case for REST */
export function mergeState(
  world: World,
  repository: Repository,
  pull: PullRequest,
): "unknown" | "draft" | "dirty" | "blocked" | "clean" {
  const base = branchHead(repository, pull.base.ref);
  if (pull.state === "closed" || base === undefined) return "unknown";
  if (pull.draft) return "draft";
  if (mergeTrees(repository, base, pull.head.sha) === undefined) return "dirty";
  const isBlocked =
    missingReviews(world, repository, pull) !== undefined ||
    rulesFor(world, repository, pull.base.ref).some(
      (rule) => missingChecks(world, repository, pull.head.sha, rule).length > 0,
    );
  return isBlocked ? "blocked" : "clean";
}
