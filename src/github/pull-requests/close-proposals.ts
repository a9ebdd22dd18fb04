import { BranchMoved, type FileCommit } from "../contents/commit-files.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { unlessRefused } from "../client/unless-refused.ts";
import { isDeclined, proposalMarker, type Proposal } from "./proposal.ts";
import { readProposals, type Proposals, type ProposalsRequest } from "./read-proposals.ts";
import { moveRefs, noCommit } from "./write-proposal-branch.ts";

type Place = Pick<FileCommit, "owner" | "repository">;

/** Closes a pull request so that a later run does not take it for one that a person declined. */
export async function closeProposal(
  github: GitHubClient,
  place: Place,
  { number, body }: Proposal,
  why: string,
): Promise<void> {
  const text = `${body.replaceAll(/\n*<!-- ghcr-fleet change: [\w-]+ -->/g, "")}\n\n${proposalMarker(undefined)}`;
  await editProposal(github, place, number, { state: "closed", body: text });
  // A locked conversation refuses the comment.
  await unlessRefused([403], () => comment(github, place, number, why));
}

export async function editProposal(
  github: GitHubClient,
  { owner, repository: repo }: Place,
  number: number,
  change: { title?: string; body?: string; base?: string; state?: "closed" },
): Promise<void> {
  const route = "PATCH /repos/{owner}/{repo}/pulls/{number}";
  await github.request(route, { owner, repo, number, ...change });
}

export async function comment(
  github: GitHubClient,
  { owner, repository: repo }: Place,
  number: number,
  body: string,
): Promise<void> {
  const route = "POST /repos/{owner}/{repo}/issues/{number}/comments";
  await github.request(route, { owner, repo, number, body });
}

/** Deletes the branches of pull requests that are over, as long as nobody pushed to them since. */
export async function deleteBranches(
  github: GitHubClient,
  all: Proposals,
  place: Place,
  over: readonly Pick<Proposal, "branch" | "head">[],
): Promise<void> {
  const present = over.filter(({ branch, head }) => all.branches.get(branch) === head);
  const moves = present.map(({ branch, head }) => ({ branch, from: head, to: noCommit }));
  try {
    await moveRefs(github, all, place, moves);
  } catch (error) {
    // GitHub deletes them after a merge where the repository is set up so.
    if (!(error instanceof BranchMoved)) throw error;
  }
}

/**
 * Ends the fleet's pull request where nothing is left to change: an open one is closed, and its branch is
 * deleted, as is the one of a merged one.
 *
 * @param branch the fleet's branch that it merges
 * @param known the pull request of the last run
 * @param why the comment with which it is closed
 * @param warn receives what is left to a person
 */
export async function endProposals(
  github: GitHubClient,
  place: Place,
  { branch, known, why }: Pick<ProposalsRequest, "branch" | "known"> & { readonly why: string },
  warn: (message: string) => void,
): Promise<void> {
  const commit = { ...place, additions: {}, deletions: [] };
  const all = await readProposals(github, { branch, commit, known });
  const open = [...(all.open?.hasOwn ? [all.open] : []), ...all.superseded];
  for (const proposal of open) {
    if (proposal.others.length > 0) {
      warn(
        `${proposal.url} stays open, because it has commits by ${proposal.others.join(", ")}; the fleet no longer needs it`,
      );
    } else await closeProposal(github, place, proposal, why);
  }
  const { last } = all;
  // A person may reopen what they declined, as long as the branch is there.
  const ended = last && !isDeclined(last) && last.branch === branch ? [last] : [];
  const over = [...open, ...ended].filter(
    ({ others, state }) => others.length === 0 || state === "MERGED",
  );
  await deleteBranches(github, all, place, over);
}
