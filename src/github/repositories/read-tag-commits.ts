import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { queryEach } from "../client/query-each.ts";

interface TagPlace {
  /** "docker/login-action" */
  readonly repository: string;
  /** "v4.6.0" */
  readonly tag: string;
}

const repositorySchema = z.object({
  ref: z
    .object({
      // An annotated tag is an object of its own, in front of the commit.
      target: z.object({ oid: z.string(), target: z.object({ oid: z.string() }).optional() }),
    })
    .nullable(),
});

/**
 * Reads which commits tags of repositories of any owners have, with one query.
 *
 * @returns in the order of the places; `undefined` where there is no such tag, or the token may not see it
 */
export async function readTagCommits(
  github: GitHubClient,
  places: readonly TagPlace[],
): Promise<(string | undefined)[]> {
  if (places.length === 0) return [];
  const found = await queryEach(github, places, {
    name: "Tags",
    what: "the query for tags of actions",
    schema: repositorySchema,
    toleratesMissing: true,
    field({ repository, tag }, variable) {
      const [owner = "", name = ""] = repository.split("/");
      return `repository(owner: ${variable(owner)}, name: ${variable(name)}, followRenames: false) {
        ref(qualifiedName: ${variable(`refs/tags/${tag}`)}) { target { oid ... on Tag { target { oid } } } } }`;
    },
  });
  return found.map((repository) => {
    const target = repository?.ref?.target;
    return target?.target?.oid ?? target?.oid;
  });
}
