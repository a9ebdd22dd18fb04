import type { Fleet } from "../fleet/fleet.ts";
import { explainFailure } from "../github/client/explain-failure.ts";
import { findMissingFiles } from "../github/contents/find-missing-files.ts";
import type { GitHubClient } from "../github/client/github-client.ts";

/**
 * Finds Dockerfiles that are missing before the first build fails: one sentence for each repository. It
 * is advice, so it never throws: if it could not look, its sentence says so.
 */
export async function missingDockerfiles(
  github: GitHubClient,
  { owner, repositories }: Fleet,
): Promise<string[]> {
  const wanted = repositories.map(({ name, branch, dockerfile: path }) => ({ name, branch, path }));
  try {
    const missing = await findMissingFiles(github, owner, wanted);
    return missing.map(
      ({ name, branch, path }) =>
        `${name}: there is no ${path} on ${branch}, so its build will fail`,
    );
  } catch (error) {
    return [explainFailure(error, "look whether the Dockerfiles are there").message];
  }
}
