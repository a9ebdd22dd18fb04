import { createHash } from "node:crypto";
import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { UserError } from "../../user-error.ts";
import { BranchProtected, commitFiles, type FileCommit } from "../contents/commit-files.ts";
import { gitBlobId } from "../contents/git-blob-id.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import { readRepositories } from "../repositories/repository-snapshot.ts";

const pullSchema = z.object({
  number: z.int(),
  html_url: z.string(),
  state: z.enum(["open", "closed"]),
  merged_at: z.string().nullable(),
});
type PullRequest = z.output<typeof pullSchema>;

const refSchema = z.object({ object: z.object({ sha: z.string() }) });

/** The prefix of the branches of proposals, before a slash. */
export const proposalFolder = "ghcr-fleet";

/**
 * Proposes files in a pull request, for branches whose rules forbid a direct commit. Its branch is named
 * after the content, so a second call finds the same pull request.
 *
 * @returns the URL of the open pull request
 * @throws {UserError} the pull request was closed without a merge, or the rules forbid commits to every
 *   branch
 */
export async function proposeFiles(github: GitHubClient, commit: FileCommit): Promise<string> {
  const branch = branchOf(commit);
  const existing = await findPullRequest(github, commit, branch);
  if (existing?.state === "open") return existing.html_url;
  if (existing && existing.merged_at === null) {
    throw new UserError(
      `${existing.html_url} was closed without a merge; reopen it, or remove ${commit.repository} from the fleet`,
    );
  }
  // The same files were merged before: the branch is reset.
  const head = await ensureBranch(github, commit, branch, existing !== undefined);
  if (!(await holdsFiles(github, commit, branch))) {
    await commitToBranch(github, { ...commit, branch, expectedHead: head });
  }
  return openPullRequest(github, commit, branch);
}

/** @returns the URL of the open pull request with the same files */
export async function findProposal(
  github: GitHubClient,
  commit: FileCommit,
): Promise<string | undefined> {
  const found = await findPullRequest(github, commit, branchOf(commit));
  return found?.state === "open" ? found.html_url : undefined;
}

function branchOf({ additions, deletions }: FileCommit): string {
  const content = JSON.stringify([additions, deletions]);
  const key = createHash("sha256").update(content).digest("hex").slice(0, 10);
  return `${proposalFolder}/workflows-${key}`;
}

/** Whether the branch has the files already: after a run that was killed before it opened the pull request. */
async function holdsFiles(
  github: GitHubClient,
  { owner, repository, additions, deletions }: FileCommit,
  branch: string,
): Promise<boolean> {
  const [found] = await readRepositories(github, owner, [{ name: repository, branch }]);
  const present = found?.workflows ?? new Map<string, string>();
  return (
    deletions.every((path) => !present.has(path)) &&
    Object.entries(additions).every(([path, text]) => present.get(path) === gitBlobId(text))
  );
}

async function commitToBranch(github: GitHubClient, commit: FileCommit): Promise<void> {
  try {
    await commitFiles(github, commit);
  } catch (error) {
    if (!(error instanceof BranchProtected)) throw error;
    throw new UserError(
      `the rules of ${commit.owner}/${commit.repository} forbid commits to ${commit.branch}, too, so no pull request is possible: ` +
        `exempt ${proposalFolder}/** from them`,
    );
  }
}

async function findPullRequest(
  github: GitHubClient,
  { owner, repository: repo, branch: base }: FileCommit,
  branch: string,
): Promise<PullRequest | undefined> {
  const { data } = await github.request("GET /repos/{owner}/{repo}/pulls", {
    owner,
    repo,
    base,
    head: `${owner}:${branch}`,
    state: "all",
  });
  return parseAnswer(z.array(pullSchema), data, "the list of pull requests")[0];
}

/** @returns the commit that the branch points to */
async function ensureBranch(
  github: GitHubClient,
  { owner, repository: repo, expectedHead: sha }: FileCommit,
  branch: string,
  isMerged: boolean,
): Promise<string> {
  const ref = `heads/${branch}`;
  try {
    await github.request("POST /repos/{owner}/{repo}/git/refs", {
      owner,
      repo,
      ref: `refs/${ref}`,
      sha,
    });
    return sha;
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 422) throw error;
    const { data } = isMerged
      ? await github.request("PATCH /repos/{owner}/{repo}/git/refs/{ref}", {
          owner,
          repo,
          ref,
          sha,
          force: true,
        })
      : await github.request("GET /repos/{owner}/{repo}/git/ref/{ref}", { owner, repo, ref });
    return parseAnswer(refSchema, data, `the branch ${branch}`).object.sha;
  }
}

async function openPullRequest(
  github: GitHubClient,
  commit: FileCommit,
  head: string,
): Promise<string> {
  const { owner, repository: repo, branch: base, headline, body = "" } = commit;
  try {
    const { data } = await github.request("POST /repos/{owner}/{repo}/pulls", {
      owner,
      repo,
      base,
      head,
      title: headline,
      body,
    });
    return parseAnswer(pullSchema, data, "the new pull request").html_url;
  } catch (error) {
    // The answer to the first attempt may have been lost: then the pull request exists already.
    const existing = await findPullRequest(github, commit, head);
    if (existing?.state === "open") return existing.html_url;
    throw error;
  }
}
