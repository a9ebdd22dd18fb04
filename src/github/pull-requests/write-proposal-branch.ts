import { GraphqlResponseError } from "@octokit/graphql";
import { z } from "zod";
import { UserError } from "../../user-error.ts";
import {
  BranchMoved,
  BranchProtected,
  commitFiles,
  isForbiddenByRules,
  type FileCommit,
} from "../contents/commit-files.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer, readAnswer } from "../client/parse-answer.ts";
import { isGitHub, isNoted, proposalFolder, stagingBranch, type Proposal } from "./proposal.ts";
import type { Proposals } from "./read-proposals.ts";

/** Stands for a branch that does not exist. */
export const noCommit = "0".repeat(40);

/**
 * Commits to the fleet's branch, which no open pull request has: it begins at the base again.
 *
 * @throws {UserError} it has commits by others, or the rules forbid it
 */
export async function startBranch(
  github: GitHubClient,
  all: Proposals,
  commit: FileCommit,
): Promise<void> {
  const from = await ownEnd(github, all, commit, all.branch);
  const base = commit.expectedHead;
  await moveRefs(github, all, commit, [{ branch: all.branch, from, to: base }]);
  await commitTo(github, commit, all.branch);
}

/**
 * Replaces the commit on the fleet's branch by one on the base as it is now. The new one is made elsewhere
 * first, because GitHub closes a pull request whose branch has, even for a moment, no commit of its own.
 *
 * @throws {BranchMoved} somebody pushed to the branch meanwhile; their commit is kept
 * @throws {UserError} the other branch has commits by others, or the rules forbid it
 */
export async function replaceCommit(
  github: GitHubClient,
  all: Proposals,
  { head: old }: Pick<Proposal, "head">,
  commit: FileCommit,
): Promise<void> {
  const staging = stagingBranch(all.branch);
  const from = await ownEnd(github, all, commit, staging);
  const base = commit.expectedHead;
  await moveRefs(github, all, commit, [{ branch: staging, from, to: base }]);
  const next = await commitTo(github, commit, staging);
  await moveRefs(github, all, commit, [
    { branch: all.branch, from: old, to: next },
    { branch: staging, from: next, to: noCommit },
  ]);
}

async function commitTo(github: GitHubClient, commit: FileCommit, branch: string): Promise<string> {
  try {
    return (await commitFiles(github, { ...commit, branch })).oid;
  } catch (error) {
    throw error instanceof BranchProtected ? forbidden(commit, branch) : error;
  }
}

interface Move {
  readonly branch: string;
  /** Where it is now; otherwise nothing is moved. */
  readonly from: string;
  readonly to: string;
}

/** @see https://docs.github.com/en/graphql/reference/git#updaterefs */
export async function moveRefs(
  github: GitHubClient,
  all: Proposals,
  place: Pick<FileCommit, "owner" | "repository">,
  moves: readonly Move[],
): Promise<void> {
  const changed = moves.filter(({ from, to }) => from !== to);
  if (changed.length === 0) return;
  const refUpdates = changed.map(({ branch, from, to }) => ({
    name: `refs/heads/${branch}`,
    beforeOid: from,
    afterOid: to,
    force: true,
  }));
  try {
    await github.graphql(
      "mutation MoveRefs($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }",
      { input: { repositoryId: all.repositoryId, refUpdates } },
    );
  } catch (error) {
    if (!(error instanceof GraphqlResponseError)) throw error;
    if (isForbiddenByRules(error)) throw forbidden(place, all.branch);
    throw (await whyRefused(github, all, place, changed)) ?? error;
  }
}

/** GitHub does not document how it words that a ref is elsewhere, or that a name is taken. */
async function whyRefused(
  github: GitHubClient,
  { branch: wanted, branches }: Proposals,
  { owner, repository }: Pick<FileCommit, "owner" | "repository">,
  moves: readonly Move[],
): Promise<Error | undefined> {
  const names = [...moves.map(({ branch }) => branch), proposalFolder];
  const parts = names.map(
    (name, index) => `r${index}: ref(qualifiedName: "refs/heads/${name}") { target { oid } }`,
  );
  const answer = await github.query(
    `query Refs($owner: String!, $name: String!) {
      repository(owner: $owner, name: $name) { ${parts.join(" ")} } }`,
    { owner, name: repository },
  );
  const { repository: found } = parseAnswer(refsSchema, answer, "the query for branches");
  if (moves.some(({ from }, index) => (found[`r${index}`]?.target.oid ?? noCommit) !== from)) {
    return new BranchMoved(`a branch of the fleet in ${repository} has moved`);
  }
  // For git, a branch is a file: no name may be a folder of another one.
  const isBelow = (other: string) => moves.some(({ branch }) => other.startsWith(`${branch}/`));
  const taken = found[`r${moves.length}`] ? proposalFolder : [...branches.keys()].find(isBelow);
  if (taken === undefined) return undefined;
  return new UserError(
    `the branch ${taken} of ${owner}/${repository} leaves no room for ${wanted}: rename or delete it, then run again`,
  );
}

const refsSchema = z.object({
  repository: z.record(z.string(), z.object({ target: z.object({ oid: z.string() }) }).nullable()),
});

function forbidden(
  { owner, repository }: Pick<FileCommit, "owner" | "repository">,
  branch: string,
): UserError {
  return new UserError(
    `the rules of ${owner}/${repository} forbid commits to ${branch}, too, so no pull request is possible: ` +
      `exempt ${proposalFolder}/** from them`,
  );
}

const signatureSchema = z.object({ name: z.string(), email: z.string().optional() }).nullable();

const accountSchema = z.object({ login: z.string().optional() }).nullable();

const compareSchema = z.object({
  commits: z.array(
    z.object({
      commit: z.object({
        message: z.string(),
        author: signatureSchema,
        committer: signatureSchema,
      }),
      author: accountSchema,
      committer: accountSchema,
    }),
  ),
});

/**
 * Where a branch that was left ends. Everything on it is the fleet's, so that nothing of others is lost.
 *
 * @throws {UserError} it has commits by others
 * @see https://docs.github.com/en/rest/commits/commits#compare-two-commits
 */
async function ownEnd(
  github: GitHubClient,
  { branches, last }: Proposals,
  { owner, repository: repo, expectedHead }: FileCommit,
  branch: string,
): Promise<string> {
  const head = branches.get(branch);
  if (head === undefined) return noCommit;
  if (last?.head === head && (last.state === "MERGED" || last.others.length === 0)) return head;
  const route = "GET /repos/{owner}/{repo}/compare/{basehead}";
  const basehead = `${expectedHead}...${head}`;
  const { commits } = await readAnswer(github, compareSchema, route, { owner, repo, basehead });
  const other = commits.find(
    ({ commit, committer }) =>
      !isNoted(commit.message) || !isGitHub(committer?.login, commit.committer?.email),
  );
  if (!other) return head;
  const role = isNoted(other.commit.message) ? "committer" : "author";
  const who = other[role]?.login ?? other.commit[role]?.name ?? "somebody";
  throw new UserError(
    `the branch ${branch} of ${owner}/${repo} has commits by ${who}: rename or delete it, then run again`,
  );
}
