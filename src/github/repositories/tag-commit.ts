import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

const refsSchema = z.array(z.object({ ref: z.string(), object: z.object({ sha: z.string() }) }));

/**
 * Gives a commit the next tag of a series (`v1`, `v2`, ... behind the prefix), unless it has one.
 *
 * @see https://docs.github.com/en/rest/git/refs
 * @returns the tag's name
 */
export async function tagCommit(
  github: GitHubClient,
  { owner, repository: repo }: { readonly owner: string; readonly repository: string },
  prefix: string,
  commit: string,
): Promise<string> {
  const { data } = await github.request("GET /repos/{owner}/{repo}/git/matching-refs/{ref}", {
    owner,
    repo,
    ref: `tags/${prefix}`,
  });
  const known = parseAnswer(refsSchema, data, "the tags of a repository").flatMap(
    ({ ref, object: { sha } }) => {
      const name = ref.slice("refs/tags/".length);
      const number = Number(name.slice(prefix.length));
      return Number.isInteger(number) ? [{ name, number, sha }] : [];
    },
  );
  const found = known.find(({ sha }) => sha === commit);
  if (found) return found.name;
  const name = `${prefix}${Math.max(0, ...known.map(({ number }) => number)) + 1}`;
  await github.request("POST /repos/{owner}/{repo}/git/refs", {
    owner,
    repo,
    ref: `refs/tags/${name}`,
    sha: commit,
  });
  return name;
}
