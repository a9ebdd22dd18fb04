import type { Fleet } from "../fleet/fleet.ts";
import { explainFailure } from "../github/client/explain-failure.ts";
import { findMissingFiles } from "../github/contents/find-missing-files.ts";
import type { GitHubClient } from "../github/client/github-client.ts";

/**
 * Finds Dockerfiles that are missing before the first build fails: one sentence for each repository, by
 * its name. It is advice, so it never throws: if it could not look, `failure` says so.
 */
export async function missingDockerfiles(
  github: GitHubClient,
  { owner, repositories }: Fleet,
): Promise<{ missing: ReadonlyMap<string, string>; failure?: string }> {
  const wanted = repositories
    .filter(({ workflows: { mode } }) => mode === "template" || mode === "auto")
    .map(({ name, branch, dockerfile: path }) => ({ name, branch, path }));
  try {
    const found = await findMissingFiles(github, owner, wanted);
    const sentences = found.map(
      ({ name, branch, path }) =>
        [name, `${name}: there is no ${path} on ${branch}, so its build will fail`] as const,
    );
    return { missing: new Map(sentences) };
  } catch (error) {
    const { message } = explainFailure(error, "look whether the Dockerfiles are there");
    return { missing: new Map(), failure: message };
  }
}
