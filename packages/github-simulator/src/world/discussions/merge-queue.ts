import type { Session } from "../session.ts";
import { branchHead } from "../objects/repository-git.ts";
import { rulesFor } from "../repositories/branch-rules.ts";
import { missingChecks } from "../repositories/checks.ts";
import { setHead, writeRef } from "../repositories/write-refs.ts";
import type { Actor } from "../actor.ts";
import { mergedTree, parentsOf, writeMergeCommit } from "./merge-commit.ts";
import type { AutoMerge, PullRequest } from "../state/discussions.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";

/** The branches of merge groups: https://docs.github.com/en/webhooks/webhook-events-and-payloads#merge_group */
const groupFolder = "gh-readonly-queue";

/**
 * Puts a pull request into the queue of its base branch: a branch with the result of the merge, for which the
 * required checks run. One group at a time is built; the others wait.
 */
export function enqueue(
  session: Session,
  repository: Repository,
  pull: PullRequest,
  { method, headline, body }: Pick<AutoMerge, "method" | "headline" | "body">,
): void {
  const { world, actor } = session;
  const isBusy = repository.pulls.some(
    ({ mergeGroup, base }) => mergeGroup !== null && base.ref === pull.base.ref,
  );
  const merged = mergedTree(repository, pull);
  if (isBusy || merged === undefined) return;
  const message = [headline ?? `${pull.title} (#${pull.number})`, body]
    .filter(Boolean)
    .join("\n\n");
  const { base, tree } = merged;
  const parents = parentsOf(pull, method, base);
  const sha = writeMergeCommit(session, repository, { tree, parents, message });
  const ref = `refs/heads/${groupFolder}/${pull.base.ref}/pr-${pull.number}-${base}`;
  repository.refs.set(ref, sha);
  pull.mergeGroup = { ref, sha, base };
  const { mergeGroup: group } = pull;
  world.events.emit("merge_group", { repository, group, branch: pull.base.ref, actor });
}

/** Merges the group whose checks have passed, and takes out of the queue what failed or is out of date. */
export function settleQueue(
  world: World,
  actorOf: (pull: PullRequest) => Actor,
  repository: Repository,
): void {
  for (const pull of repository.pulls) {
    const group = pull.mergeGroup;
    if (group === null) continue;
    const missing = rulesFor(world, repository, pull.base.ref).flatMap((rule) =>
      missingChecks(world, repository, group.sha, rule),
    );
    const isStale = branchHead(repository, pull.base.ref) !== group.base || pull.state === "closed";
    const hasFailed = missing.some((reason) => reason.includes("failing"));
    if (missing.length > 0 && !isStale && !hasFailed) continue;
    const actor = actorOf(pull);
    pull.mergeGroup = null;
    repository.refs.delete(group.ref);
    // What the base branch has overtaken is queued again; what failed waits for a person.
    if (hasFailed) pull.autoMerge = null;
    if (isStale || hasFailed) continue;
    pull.autoMerge = null;
    finish({ world, actor }, repository, pull, group.sha);
  }
}

function finish(session: Session, repository: Repository, pull: PullRequest, sha: string): void {
  const { world, actor } = session;
  const { number, head, base } = pull;
  const before = { ...base };
  const now = world.now();
  writeRef(session, repository, `refs/heads/${base.ref}`, sha, {
    pullRequestHead: sha,
    viaQueue: true,
  });
  Object.assign(pull, {
    base: before,
    state: "closed",
    closedAt: now,
    closedBy: actor.login ?? null,
    updatedAt: now,
    mergedAt: now,
    mergedBy: actor.login ?? null,
    mergeCommit: sha,
  });
  setHead(repository, pull, head.sha);
  world.events.emit("pull_request", { repository, number, action: "closed", actor });
}
