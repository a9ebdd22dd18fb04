import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import { readTextFiles } from "../../../src/github/contents/read-text-files.ts";
import { UserError } from "../../../src/user-error.ts";
import type { RepositorySnapshots } from "../repository-snapshots.ts";
import type { WorkflowInputs } from "./inputs.ts";

/**
 * The managed files as the branch holds them now. A file that is gone is left out, and so is one
 * that is no text any more: both show as a change.
 */
export async function readManagedFiles(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
  inputs: WorkflowInputs,
): Promise<WorkflowInputs | undefined> {
  const snapshot = await snapshots.get(inputs);
  if (!snapshot?.head) return undefined;
  const isSame = ([path, text]: [string, string]) =>
    snapshot.workflows.get(path) === gitBlobId(text);
  const managed = Object.entries(inputs.files).filter(([path]) => snapshot.workflows.has(path));
  const edited = managed.filter((file) => !isSame(file)).map(([path]) => path);
  const texts = await readTextFiles(github, { ...inputs, revision: snapshot.head }, edited);
  return { ...inputs, files: { ...Object.fromEntries(managed.filter(isSame)), ...texts } };
}

/** The workflow files that a person asks to import, by the id `owner/repository` or `owner/repository/branch`. */
export async function readImportedFiles(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
  id: string,
): Promise<WorkflowInputs | undefined> {
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
  const files = await readTextFiles(github, { owner, repository, revision: snapshot.head }, paths);
  return {
    owner,
    repository,
    branch: snapshot.branch,
    files,
    delivery: "commit",
    onRemove: "keep",
  };
}

/** Other workflow files of a repository are not managed. */
const importedFiles = /\/(ci|release)\.ya?ml$/;
