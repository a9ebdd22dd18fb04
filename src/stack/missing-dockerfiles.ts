import type { Fleet } from "../fleet/fleet.ts";
import { findMissingFiles } from "../github/find-missing-files.ts";
import type { GitHubClient } from "../github/github-client.ts";

/** What nothing else would tell before the first build fails: one sentence for each repository. */
export async function missingDockerfiles(
  github: GitHubClient,
  { owner, repositories }: Fleet,
): Promise<string[]> {
  const wanted = repositories.map(({ name, branch, dockerfile: path }) => ({ name, branch, path }));
  const missing = await findMissingFiles(github, owner, wanted);
  return missing.map(
    ({ name, branch, path }) => `${name}: there is no ${path} on ${branch}, so its build will fail`,
  );
}
