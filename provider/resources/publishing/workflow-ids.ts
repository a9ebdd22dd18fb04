import { explaining } from "../../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { showable } from "../../../src/printable.ts";
import { readFiles } from "../../../src/github/contents/read-files.ts";
import {
  actionFolder,
  type RepositorySnapshot,
} from "../../../src/github/repositories/repository-snapshot.ts";
import type { Blobs } from "./inputs.ts";
import type { PresentFiles } from "./reads/workflow-texts.ts";

/** Whether the branch still has the files that were right at the last read. */
export async function isUnchanged(
  github: GitHubClient,
  { workflows }: { readonly workflows?: Blobs | undefined },
  snapshot: RepositorySnapshot,
): Promise<boolean> {
  if (workflows === undefined) return false;
  const present = asStored(workflowIds(snapshot));
  const others = Object.keys(workflows).filter((path) => !Object.hasOwn(present, path));
  const paths = others.filter((path) => path !== actionFolder);
  const count = Object.keys(workflows).length - others.length;
  if (count !== Object.keys(present).length) return false;
  if (Object.keys(present).some((path) => workflows[path] !== present[path])) return false;
  if (others.includes(actionFolder) && workflows[actionFolder] !== snapshot.actions) return false;
  // Few repositories have actions elsewhere.
  const { owner, name: repository, head: revision = "" } = snapshot;
  const requests = paths.map((path) => ({ repository, revision, path }));
  const found = await explaining(`read the actions of ${owner}/${repository}`, () =>
    readFiles(github, owner, requests),
  );
  return paths.every((path, index) => workflows[path] === found[index]?.blob);
}

/** Git's ids of everything that was read, after the edits. */
export function idsOf(
  snapshot: RepositorySnapshot,
  { blobs }: PresentFiles,
  repaired: ReadonlyMap<string, string>,
): Record<string, string> {
  const idOf = (path: string, blob: string) => {
    const text = repaired.get(path);
    return text === undefined ? blob : gitBlobId(text);
  };
  const workflows = Object.entries(workflowIds(snapshot)).map(([path, blob]) => [
    path,
    idOf(path, blob),
  ]);
  const actions = Object.entries(blobs)
    .filter(([path]) => !snapshot.workflows.has(path))
    .map(([path, blob]) =>
      path.startsWith(`${actionFolder}/`)
        ? [actionFolder, snapshot.actions ?? ""]
        : [path, idOf(path, blob)],
    );
  return asStored(Object.fromEntries([...workflows, ...actions]) as Record<string, string>);
}

/** The state has names of files as the engine may show them. */
function asStored(ids: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(ids).map(([path, id]) => [showable(path), id]));
}

export function workflowIds({ workflows }: RepositorySnapshot): Record<string, string> {
  return Object.fromEntries([...workflows].filter(([path]) => /\.ya?ml$/.test(path)));
}
