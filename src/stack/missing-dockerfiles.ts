import { buildsOf, type Fleet } from "../fleet/fleet.ts";
import { explainFailure } from "../github/client/explain-failure.ts";
import { findMissingFiles } from "../github/contents/find-missing-files.ts";
import type { GitHubClient } from "../github/client/github-client.ts";

/**
 * Finds missing Dockerfiles before the first build fails: one sentence for each repository, by name. This
 * is advice, so it never throws: if it could not look, `failure` has the reason.
 */
export async function missingDockerfiles(
  github: GitHubClient,
  { owner, repositories }: Fleet,
): Promise<{ missing: ReadonlyMap<string, string>; failure?: string }> {
  const wanted = repositories
    .filter(({ workflows: { mode } }) => mode === "template" || mode === "auto")
    .flatMap((repository) => {
      const { name, branch } = repository;
      const paths = new Set(buildsOf(repository).map(({ dockerfile }) => dockerfile));
      return [...paths].map((path) => ({ name, branch, path }));
    });
  try {
    const found = await findMissingFiles(github, owner, wanted);
    const names = new Set(found.map(({ name }) => name));
    const sentences = [...names].map((name) => {
      const own = found.filter((each) => each.name === name);
      const paths = own.map(({ path }) => path).join(", ");
      return [
        name,
        `${name}: there is no ${paths} on ${own[0]?.branch ?? ""}, so its build will fail`,
      ] as const;
    });
    return { missing: new Map(sentences) };
  } catch (error) {
    const { message } = explainFailure(error, "check that the Dockerfiles exist");
    return { missing: new Map(), failure: message };
  }
}
