import { z } from "zod";
import type { Account } from "../../account.ts";
import { UserError } from "../../user-error.ts";
import { explaining } from "../client/explain-failure.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

const schema = z.object({
  repositoryOwner: z
    .object({ login: z.string(), __typename: z.enum(["Organization", "User"]) })
    .nullable(),
});

/**
 * Whether an owner is an organisation or a user, for callers that read none of its repositories; one
 * request.
 *
 * @throws {UserError} there is no such account, the token may not see it, or GitHub cannot be reached
 * @see https://docs.github.com/en/graphql/reference/queries#repositoryowner
 */
export async function readAccount(github: GitHubClient, owner: string): Promise<Account> {
  const query =
    "query Owner($owner: String!) { repositoryOwner(login: $owner) { login __typename } }";
  const answer: unknown = await explaining(`read the owner ${owner}`, () =>
    github.query(query, { owner }),
  );
  const { repositoryOwner: found } = parseAnswer(schema, answer, "the query for the owner");
  if (!found) throw new UserError(missingOwner(owner));
  return { host: github.host, owner: found.login, ownerKind: found.__typename };
}

export function missingOwner(owner: string): string {
  return `${owner} does not exist, or the admin token may not see it: pulumi config set github:owner <organisation or user>`;
}
