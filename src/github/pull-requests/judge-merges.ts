import { z } from "zod";
import type { FileCommit } from "../contents/commit-files.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { readAnswer } from "../client/parse-answer.ts";
import { readFiles } from "../contents/read-files.ts";
import type { Proposal } from "./proposal.ts";

const commitSchema = z.object({
  files: z
    .array(z.object({ filename: z.string(), sha: z.string().nullable(), status: z.string() }))
    .default([]),
});

/**
 * GitHub makes the same kind of commit for "Update branch" and for "Resolve conflicts", where a person edits
 * the fleet's files. A pull request whose files are still those of the fleet's commit has no such edits; in
 * another one the merges are commits by others. Reads only where there are merges.
 */
export async function judgeMerges(
  github: GitHubClient,
  { owner, repository: repo }: Pick<FileCommit, "owner" | "repository">,
  proposal: Proposal,
): Promise<Proposal> {
  const { mergers, ownCommit, state, head } = proposal;
  if (mergers.length === 0 || ownCommit === undefined || state === "MERGED") return proposal;
  const route = "GET /repos/{owner}/{repo}/commits/{ref}";
  const { files } = await readAnswer(github, commitSchema, route, { owner, repo, ref: ownCommit });
  if (files.length === 0) return proposal;
  const present = await readFiles(
    github,
    owner,
    files.map(({ filename: path }) => ({ repository: repo, revision: head, path })),
  );
  const isUntouched = files.every(
    ({ sha, status }, index) =>
      present[index]?.blob === (status === "removed" ? undefined : (sha ?? undefined)),
  );
  if (isUntouched) return proposal;
  return { ...proposal, others: [...new Set([...proposal.others, ...mergers])] };
}
