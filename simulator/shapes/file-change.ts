import type { FileChange } from "../world/compare-trees.ts";
import type { Repository } from "../world/state.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository.ts";

/** GitHub's `diff-entry`, without the text of the patch. */
export function fileChangeShape(
  api: string,
  repository: Repository,
  commit: string,
  { path, status, oid, additions, deletions }: FileChange,
) {
  const html = repositoryHtmlUrl(repository);
  const encoded = encodeURIComponent(path);
  return {
    sha: oid,
    filename: path,
    status,
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${html}/blob/${commit}/${encoded}`,
    raw_url: `${html}/raw/${commit}/${encoded}`,
    contents_url: `${repositoryUrl(api, repository)}/contents/${encoded}?ref=${commit}`,
  };
}
