import { compareCommits } from "../objects/compare-trees.ts";
import type { Session } from "../session.ts";
import { encodeCommit } from "../objects/git-objects.ts";
import { mergeTrees } from "../objects/merge-trees.ts";
import {
  branchHead,
  history,
  putObject,
  readCommit,
  mergeBase,
} from "../objects/repository-git.ts";
import { signatureOf, webFlow } from "../repositories/write-refs.ts";
import type { AutoMerge, PullRequest } from "../state/discussions.ts";
import type { Repository } from "../state/repository.ts";

/** What a pull request merges into, and the files afterwards; nothing if they conflict. */
export function mergedTree(
  repository: Repository,
  { base, head }: PullRequest,
): { base: string; tree: string } | undefined {
  const oid = branchHead(repository, base.ref);
  const tree = oid === undefined ? undefined : mergeTrees(repository, oid, head.sha);
  return oid === undefined || tree === undefined ? undefined : { base: oid, tree };
}

/** Writes the commit of a merge, which GitHub signs. No branch has it yet. */
export function writeMergeCommit(
  session: Session,
  repository: Repository,
  { tree, parents, message }: { tree: string; parents: string[]; message: string },
): string {
  const [author, committer] = [signatureOf(session), webFlow(session.world)];
  const commit = encodeCommit({ tree, parents, author, committer, message });
  const oid = putObject(repository, commit);
  repository.signed.add(oid);
  return oid;
}

/** What a pull request changes, since it left its base. */
export function pullRequestChanges(repository: Repository, { base, head }: PullRequest) {
  const from = mergeBase(repository, base.sha, head.sha) ?? base.sha;
  return compareCommits(repository, from, head.sha);
}

/** The commits of a pull request, oldest first. */
export function pullRequestCommits(repository: Repository, pull: PullRequest): string[] {
  const known = new Set(history(repository, pull.base.sha));
  return history(repository, pull.head.sha)
    .filter((oid) => !known.has(oid))
    .reverse();
}

/**
 * Puts each commit of a pull request on top of its base, with its author and message, and unsigned. Nothing if one
 * conflicts or has two parents.
 * https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges#rebase-and-merge-your-commits
 */
export function rebaseCommits(
  session: Session,
  repository: Repository,
  pull: PullRequest,
  base: string,
): string | undefined {
  let tip = base;
  for (const oid of pullRequestCommits(repository, pull)) {
    const { parents, author, message } = readCommit(repository, oid);
    const tree = mergeTrees(repository, tip, oid, parents[0]);
    if (tree === undefined || parents.length > 1) return undefined;
    const committer = signatureOf(session);
    tip = putObject(repository, encodeCommit({ tree, parents: [tip], author, committer, message }));
  }
  return tip;
}

/** What somebody gives for a merge; absent parts get the repository's default. */
export interface MergeText {
  title?: string | null | undefined;
  body?: string | null | undefined;
}

/**
 * The message of a merge, according to the settings of the repository.
 * https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges#merge-message-for-a-squash-merge
 */
export function mergeMessage(
  repository: Repository,
  pull: PullRequest,
  method: "merge" | "squash",
  { title, body }: MergeText,
): string {
  const { settings, owner } = repository;
  const byTitle = `${pull.title} (#${pull.number})`;
  const commits = pullRequestCommits(repository, pull).map(
    (oid) => readCommit(repository, oid).message,
  );
  const [, headline = "", rest = ""] = /^(.*)\n*([^]*)$/.exec(commits[0] ?? "") ?? [];
  const titles: Readonly<Record<string, string>> = {
    PR_TITLE: byTitle,
    MERGE_MESSAGE: `Merge pull request #${pull.number} from ${owner}/${pull.head.ref}`,
    COMMIT_OR_PR_TITLE: commits.length === 1 ? `${headline} (#${pull.number})` : byTitle,
  };
  const bodies: Readonly<Record<string, string>> = {
    PR_TITLE: pull.title,
    PR_BODY: pull.body ?? "",
    BLANK: "",
    COMMIT_MESSAGES:
      commits.length === 1 ? rest : commits.map((message) => `* ${message}`).join("\n\n"),
  };
  const [titleBy, bodyBy] =
    method === "merge"
      ? [settings.merge_commit_title, settings.merge_commit_message]
      : [settings.squash_merge_commit_title, settings.squash_merge_commit_message];
  return [title || titles[titleBy], body ?? bodies[bodyBy]].filter(Boolean).join("\n\n");
}

/** The parents of a pull request's commit. */
export function parentsOf(
  { head }: PullRequest,
  method: AutoMerge["method"],
  base: string,
): string[] {
  return method === "merge" ? [base, head.sha] : [base];
}
