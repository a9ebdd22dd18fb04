import DataLoader from "dataloader";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import type { ReadPace } from "../client/pace/read-pace.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import { queryBatches } from "../client/query-each.ts";
import { valuesOrErrors } from "../client/read-batches.ts";
import { isRefusal } from "../client/unless-refused.ts";

/** The names of a repository's environments: each repository is read once. */
export type EnvironmentNames = DataLoader<string, readonly string[]>;

const batchSize = 100;

const namesSchema = z
  .array(z.object({ name: z.string() }))
  .transform((all) => all.map(({ name }) => name));
/** Nothing of a repository whose environments are not all in the answer. */
const repositorySchema = z
  .object({
    environments: z.object({
      nodes: namesSchema,
      pageInfo: z.object({ hasNextPage: z.boolean() }),
    }),
  })
  .transform(({ environments: { nodes, pageInfo } }) => (pageInfo.hasNextPage ? undefined : nodes));

/**
 * Reads the environments of many repositories with one query per hundred. Those of a repository that has more than a
 * hundred, or that GitHub leaves out of the answer, are read with requests of their own. Where there is no such
 * repository, or its plan has no environments, there are none; where GitHub refuses to show them, only this repository
 * fails.
 *
 * @param pace for each request about one repository
 * @see https://docs.github.com/en/graphql/reference/objects#repository
 */
export function createEnvironmentNames(
  github: GitHubClient,
  owner: string,
  pace: ReadPace,
): EnvironmentNames {
  return new DataLoader(async (repositories: readonly string[]) => {
    const outcomes = await queryBatches(github, repositories, batchSize, {
      name: "Environments",
      what: "the query for environments",
      schema: repositorySchema,
      toleratesMissing: true,
      field: (
        name,
        variable,
      ) => `repository(owner: ${variable(owner)}, name: ${variable(name)}, followRenames: false) {
        environments(first: 100) { nodes { name } pageInfo { hasNextPage } } }`,
    });
    const found = valuesOrErrors(outcomes);
    return Promise.all(
      repositories.map(
        async (repository, index) =>
          found[index] ?? (await pace(() => listAll(github, owner, repository))),
      ),
    );
  });
}

/**
 * @returns also an error, so that the other repositories are still read
 * @see https://docs.github.com/en/rest/deployments/environments#list-environments
 */
async function listAll(
  github: GitHubClient,
  owner: string,
  repo: string,
): Promise<readonly string[] | Error> {
  const route = "GET /repos/{owner}/{repo}/environments";
  try {
    const pages = await github.paginate(route, { owner, repo, per_page: 100 });
    return parseAnswer(namesSchema, pages, route);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return isRefusal(error, [404]) ? [] : error;
  }
}
