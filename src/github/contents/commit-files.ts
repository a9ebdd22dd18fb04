import { GraphqlResponseError } from "@octokit/graphql";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { UserError } from "../../user-error.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import { isSameName } from "../../is-same-name.ts";

export interface FileCommit {
  readonly owner: string;
  readonly repository: string;
  readonly branch: string;
  /** The commit that the branch must still point to; otherwise the new commit is refused. */
  readonly expectedHead: string;
  readonly headline: string;
  readonly body?: string;
  /** Path to new text. */
  readonly additions: Readonly<Record<string, string>>;
  readonly deletions: readonly string[];
}

interface CreatedCommit {
  readonly oid: string;
  readonly url: string;
}

const commitSchema = z.object({
  createCommitOnBranch: z.object({
    commit: z.object({
      oid: z.string(),
      url: z.string(),
      repository: z.object({ owner: z.object({ login: z.string() }) }),
    }),
  }),
});

/** The branch was changed after it was read. */
export class BranchMoved extends Error {
  override name = "BranchMoved";
}

/** The branch's rules forbid a direct commit. */
export class BranchProtected extends Error {
  override name = "BranchProtected";
}

/**
 * Writes any number of files in one commit, signed by GitHub, if the branch has not changed since it was
 * read (compare-and-swap).
 *
 * @throws {BranchMoved} the branch points elsewhere; nothing was written
 * @throws {BranchProtected} the branch requires a pull request; nothing was written
 * @throws {UserError} the repository was transferred to another account meanwhile
 * @see https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch
 */
export async function commitFiles(
  github: GitHubClient,
  commit: FileCommit,
): Promise<CreatedCommit> {
  try {
    const answer = await github.graphql(
      `mutation Commit($input: CreateCommitOnBranchInput!) {
        createCommitOnBranch(input: $input) {
          commit { oid url repository { owner { login } } } }
      }`,
      { input: toInput(commit) },
    );
    const { createCommitOnBranch } = parseAnswer(commitSchema, answer, "the commit");
    const { repository, ...created } = createCommitOnBranch.commit;
    assertOwner(commit, repository.owner.login, created.url);
    return created;
  } catch (error) {
    if (isStale(error)) throw new BranchMoved(`${commit.repository}@${commit.branch} has moved`);
    if (isForbiddenByRules(error)) throw new BranchProtected(messagesOf(error).join("; "));
    throw error;
  }
}

/** GitHub follows a name to the repository's new owner, and has no condition for it. */
function assertOwner({ owner, repository }: FileCommit, login: string, url: string): void {
  if (isSameName(login, owner)) return;
  throw new UserError(
    `${owner}/${repository} was transferred to ${login} meanwhile, and got the commit there: ask ${login} to revert ${url}`,
  );
}

function toInput(commit: FileCommit): object {
  return {
    branch: {
      repositoryNameWithOwner: `${commit.owner}/${commit.repository}`,
      branchName: commit.branch,
    },
    expectedHeadOid: commit.expectedHead,
    message: { headline: commit.headline, body: commit.body ?? "" },
    fileChanges: {
      additions: Object.entries(commit.additions).map(([path, text]) => ({
        path,
        contents: Buffer.from(text, "utf8").toString("base64"),
      })),
      deletions: commit.deletions.map((path) => ({ path })),
    },
  };
}

function isStale(error: unknown): boolean {
  return messagesOf(error).some((message) => message.includes("Expected branch to point to"));
}

/** Rulesets and classic protection have different messages, and GraphQL has no error type for them. */
export function isForbiddenByRules(error: unknown): boolean {
  const refusal =
    /rule violations found|protected branch|through a pull request|approving review|cannot (?:create|delete|force-push to) this branch/i;
  return messagesOf(error).some((message) => refusal.test(message));
}

/** What GitHub says in an error of GraphQL; nothing for other errors. */
export function messagesOf(error: unknown): string[] {
  if (!(error instanceof GraphqlResponseError)) return [];
  return (error.errors ?? []).map(({ message }) => message);
}
