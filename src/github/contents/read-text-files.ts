import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

const blobSchema = z.object({ text: z.string().nullish(), isTruncated: z.boolean().optional() });
const filesSchema = z.object({
  repository: z.record(z.string(), blobSchema.nullable()).nullable(),
});

/**
 * Reads text files of one repository at a commit or branch in one query. Files that do not exist, are
 * binary or were truncated are left out.
 */
export async function readTextFiles(
  github: GitHubClient,
  at: { owner: string; repository: string; revision: string },
  paths: readonly string[],
): Promise<Record<string, string>> {
  if (paths.length === 0) return {};
  const variables: Record<string, string> = { owner: at.owner, name: at.repository };
  const parts = paths.map((path, index) => {
    variables[`path${index}`] = `${at.revision}:${path}`;
    return `f${index}: object(expression: $path${index}) { ... on Blob { text isTruncated } }`;
  });
  const declared = Object.keys(variables).map((name) => `$${name}: String!`);
  const answer = await github.query(
    `query Files(${declared.join(", ")}) {
      repository(owner: $owner, name: $name) { ${parts.join(" ")} }
    }`,
    variables,
  );
  const { repository } = parseAnswer(filesSchema, answer, "the query for files");
  const texts: Record<string, string> = {};
  paths.forEach((path, index) => {
    const blob = repository?.[`f${index}`];
    if (blob?.text != null && !blob.isTruncated) texts[path] = blob.text;
  });
  return texts;
}
