import { z } from "zod";
import type { FileCommit } from "../contents/commit-files.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import type { Proposal } from "./proposal.ts";

const commitSchema = z.object({
  files: z
    .array(z.object({ filename: z.string(), sha: z.string().nullable(), status: z.string() }))
    .default([]),
});

const answerSchema = z.object({
  repository: z.record(z.string(), z.object({ oid: z.string() }).nullable()),
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
  const { data } = await github.request(route, { owner, repo, ref: ownCommit });
  const { files } = parseAnswer(commitSchema, data, route);
  if (files.length === 0) return proposal;
  const variables: Record<string, string> = { owner, name: repo };
  const parts = files.map(({ filename }, index) => {
    variables[`path${index}`] = `${head}:${filename}`;
    return `path${index}: object(expression: $path${index}) { oid }`;
  });
  const declared = Object.keys(variables).map((variable) => `$${variable}: String!`);
  const query = `query Merged(${declared.join(", ")}) {
    repository(owner: $owner, name: $name) { ${parts.join("\n")} } }`;
  const answer = await github.query(query, variables);
  const { repository } = parseAnswer(answerSchema, answer, "the query for merged files");
  const isUntouched = files.every(
    ({ sha, status }, index) =>
      repository[`path${index}`]?.oid === (status === "removed" ? undefined : (sha ?? undefined)),
  );
  if (isUntouched) return proposal;
  return { ...proposal, others: [...new Set([...proposal.others, ...mergers])] };
}
