import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { readAnswer } from "../client/parse-answer.ts";

const refsSchema = z.array(z.object({ ref: z.string(), object: z.object({ sha: z.string() }) }));

interface Place {
  readonly owner: string;
  readonly repository: string;
}

/**
 * The tags of a series (`v1`, `v2`, ... behind the prefix), and the object that each names.
 *
 * @see https://docs.github.com/en/rest/git/refs#list-matching-references
 */
export async function readTagSeries(
  github: GitHubClient,
  { owner, repository: repo }: Place,
  prefix: string,
): Promise<Map<string, string>> {
  const route = "GET /repos/{owner}/{repo}/git/matching-refs/{ref}";
  const refs = await readAnswer(github, refsSchema, route, { owner, repo, ref: `tags/${prefix}` });
  const found = refs.map(
    ({ ref, object }) => [ref.slice("refs/tags/".length), object.sha] as const,
  );
  return new Map(found.filter(([name]) => Number.isInteger(Number(name.slice(prefix.length)))));
}

/**
 * Gives a commit the next tag of a series, unless it has one.
 *
 * @see https://docs.github.com/en/rest/git/refs
 * @param former the tag that it had: made again where it is missing, and moved back where it names another commit
 * @returns the tag's name
 */
export async function tagCommit(
  github: GitHubClient,
  place: Place,
  prefix: string,
  commit: string,
  former?: string,
): Promise<string> {
  const { owner, repository: repo } = place;
  const known = await readTagSeries(github, place, prefix);
  const found = [...known].find(([, sha]) => sha === commit)?.[0];
  if (former === undefined && found !== undefined) return found;
  const numbers = [...known.keys()].map((name) => Number(name.slice(prefix.length)));
  const name = former ?? `${prefix}${Math.max(0, ...numbers) + 1}`;
  const present = known.get(name);
  if (present === undefined) {
    await github.request("POST /repos/{owner}/{repo}/git/refs", {
      owner,
      repo,
      ref: `refs/tags/${name}`,
      sha: commit,
    });
  } else if (present !== commit) {
    await github.request("PATCH /repos/{owner}/{repo}/git/refs/{ref}", {
      owner,
      repo,
      ref: `tags/${name}`,
      sha: commit,
      force: true,
    });
  }
  return name;
}
