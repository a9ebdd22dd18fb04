import { gitBlobIds } from "../../../src/github/contents/git-blob-id.ts";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import { readTexts } from "../../../src/github/contents/read-files.ts";
import { UserError } from "../../../src/user-error.ts";
import type { RepositorySnapshots } from "../repository-snapshots.ts";
import type { TemplateInputs } from "./inputs.ts";

/**
 * The workflow files that a person imports, by the id `owner/repository` or `owner/repository/branch`.
 */
export async function readImportedFiles(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
  id: string,
): Promise<(TemplateInputs & { readonly imported: true }) | undefined> {
  const [asked, name, ...rest] = id.split("/");
  if (!asked || !name) {
    throw new UserError(`cannot import "${id}": give owner/repository, or owner/repository/branch`);
  }
  if (!snapshots.isOwner(asked)) {
    throw new UserError(
      `cannot import "${id}": this stack manages the repositories of another owner`,
    );
  }
  const branch = rest.join("/") || undefined;
  const snapshot = await snapshots.get({ owner: asked, repository: name, branch });
  if (!snapshot?.head || !snapshot.branch) return undefined;
  const { owner, name: repository } = snapshot;
  const paths = [...snapshot.workflows.keys()].filter((path) => importedFiles.test(path));
  if (paths.length === 0) return undefined;
  const at = { owner, repository, revision: snapshot.head };
  const files = gitBlobIds(await readTexts(github, at, paths));
  return {
    owner,
    repository,
    branch: snapshot.branch,
    files,
    delivery: "commit",
    onRemove: "keep",
    // The import records them, which does not make them templates.
    imported: true,
  };
}

/** Other workflow files of a repository are not managed. */
const importedFiles = /\/(ci|release)\.ya?ml$/;
