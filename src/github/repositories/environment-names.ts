import DataLoader from "dataloader";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import type { ReadPace } from "../client/pace/read-pace.ts";
import { parseAnswer } from "../client/parse-answer.ts";
import { readBatches, valuesOrErrors } from "../client/read-batches.ts";
import { isRefusal } from "../client/unless-refused.ts";
import { queryEach } from "../client/query-each.ts";

/** The names of a repository's environments: each repository is read once. */
export type EnvironmentNames = DataLoader<string, readonly string[]>;

const batchSize = 100;

const repositorySchema = z.object({
  environments: z.object({
    nodes: z.array(z.object({ name: z.string() })),
    pageInfo: z.object({ hasNextPage: z.boolean() }),
  }),
});
const namesSchema = z.array(z.object({ name: z.string() }));

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
    const found = valuesOrErrors(
      await readBatches(repositories, batchSize, (batch) => readBatch(github, owner, batch)),
    );
    return Promise.all(
      repositories.map(
        async (repository, index) =>
          found[index] ?? (await pace(() => listAll(github, owner, repository))),
      ),
    );
  });
}

/** @returns nothing of a repository whose environments are not all in the answer */
async function readBatch(
  github: GitHubClient,
  owner: string,
  repositories: readonly string[],
): Promise<(readonly string[] | undefined)[]> {
  const found = await queryEach(github, repositories, {
    name: "Environments",
    what: "the query for environments",
    schema: repositorySchema,
    canBeHalved: repositories.length > 1,
    toleratesMissing: true,
    field: (
      name,
      variable,
    ) => `repository(owner: ${variable(owner)}, name: ${variable(name)}, followRenames: false) {
      environments(first: 100) { nodes { name } pageInfo { hasNextPage } } }`,
  });
  return found.map((repository) => {
    if (!repository || repository.environments.pageInfo.hasNextPage) return undefined;
    return repository.environments.nodes.map(({ name }) => name);
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
    return parseAnswer(namesSchema, pages, route).map(({ name }) => name);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return isRefusal(error, [404]) ? [] : error;
  }
}
