import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import { tolerateNotFound } from "./repository-snapshot.ts";

/** GitHub's own numbers, which stay when a name is given to somebody else. */
export interface RepositoryNumbers {
  readonly ownerId: number;
  readonly repositoryId: number;
}

const answerSchema = z.record(
  z.string(),
  z.object({ databaseId: z.int(), owner: z.object({ databaseId: z.int() }) }).nullable(),
);

/**
 * Reads the numbers of repositories of any owners with one query.
 *
 * @param names `owner/name`, a few dozen at most
 * @returns by name; repositories that do not exist, or that the token may not see, are not in it
 */
export async function readRepositoryNumbers(
  github: GitHubClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, RepositoryNumbers>> {
  if (names.length === 0) return new Map();
  const variables: Record<string, string> = {};
  const parts = names.map((each, index) => {
    const [owner = "", name = ""] = each.split("/");
    variables[`owner${index}`] = owner;
    variables[`name${index}`] = name;
    return `r${index}: repository(owner: $owner${index}, name: $name${index}, followRenames: false) {
      databaseId owner { ... on Organization { databaseId } ... on User { databaseId } } }`;
  });
  const declared = Object.keys(variables).map((name) => `$${name}: String!`);
  const query = `query Numbers(${declared.join(", ")}) { ${parts.join("\n")} }`;
  const answer = parseAnswer(
    answerSchema,
    await tolerateNotFound(github.query(query, variables)),
    "the query for the numbers of actions",
  );
  return new Map(
    names.flatMap((name, index) => {
      const found = answer[`r${index}`];
      if (!found) return [];
      return [[name, { ownerId: found.owner.databaseId, repositoryId: found.databaseId }] as const];
    }),
  );
}
