import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import { tolerateNotFound } from "./repository-snapshot.ts";

export interface TagPlace {
  /** "docker/login-action" */
  readonly repository: string;
  /** "v4.6.0" */
  readonly tag: string;
}

const answerSchema = z.record(
  z.string(),
  z
    .object({
      ref: z
        .object({
          // An annotated tag is an object of its own, in front of the commit.
          target: z.object({ oid: z.string(), target: z.object({ oid: z.string() }).optional() }),
        })
        .nullable(),
    })
    .nullable(),
);

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
  const variables: Record<string, string> = {};
  const parts = places.map(({ repository, tag }, index) => {
    const [owner = "", name = ""] = repository.split("/");
    variables[`owner${index}`] = owner;
    variables[`name${index}`] = name;
    variables[`ref${index}`] = `refs/tags/${tag}`;
    return `r${index}: repository(owner: $owner${index}, name: $name${index}, followRenames: false) {
      ref(qualifiedName: $ref${index}) { target { oid ... on Tag { target { oid } } } } }`;
  });
  const declared = Object.keys(variables).map((name) => `$${name}: String!`);
  const query = `query Tags(${declared.join(", ")}) { ${parts.join("\n")} }`;
  const answer = parseAnswer(
    answerSchema,
    await tolerateNotFound(github.query(query, variables)),
    "the query for tags of actions",
  );
  return places.map((_place, index) => {
    const target = answer[`r${index}`]?.ref?.target;
    return target?.target?.oid ?? target?.oid;
  });
}
