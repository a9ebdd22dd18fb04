import type { RepositorySnapshots, SnapshotPlace } from "./resources/repository-snapshots.ts";
import type { ResourceContext } from "./resource-type.ts";
import type { Files } from "./resources/workflow-file-plan.ts";

/**
 * Says which files stay on a branch that is no longer the one to publish from: pushes to it start
 * them as before.
 *
 * @param before where the files were written last
 */
export async function tellLeftBehind(
  snapshots: RepositorySnapshots,
  before: Required<SnapshotPlace> & { readonly files: Files },
  branch: string,
  context: ResourceContext,
): Promise<void> {
  if (before.branch === branch) return;
  const present = (await snapshots.get(before))?.workflows;
  const left = Object.keys(before.files).filter((path) => present?.has(path));
  if (left.length === 0) return;
  context.warn(
    `${left.join(" and ")} stay on ${before.branch}, whose pushes go on publishing; ` +
      "delete them there where that is not wanted",
  );
}
