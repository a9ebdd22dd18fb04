import type { FileChange } from "../world/objects/compare-trees.ts";
import type { Repository } from "../world/state/state.ts";
import { hunksOf } from "./unified-diff.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository.ts";

/** GitHub's `diff-entry`. */
export function fileChangeShape(
  api: string,
  repository: Repository,
  commit: string,
  change: FileChange,
) {
  const { path, status, oid, additions, deletions } = change;
  const patch = hunksOf(repository, change);
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
    // Absent for binary files, and for what changed its mode alone.
    ...(patch ? { patch } : {}),
  };
}
