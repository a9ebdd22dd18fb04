import type { Actor } from "../actor.ts";
import { Refusal } from "../refusal.ts";
import { walkTree, treeOf } from "../objects/repository-git.ts";
import type { Repository } from "../state/repository.ts";

/** Files that start workflows; writing them needs a separate right. */
export function isWorkflowFile(path: string): boolean {
  return path.startsWith(".github/workflows/");
}

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps (`workflow`) */
export function mayWriteWorkflows(actor: Actor): boolean {
  switch (actor.kind) {
    case "anonymous":
      return false;
    case "classic":
      return actor.scopes.includes("workflow");
    case "fine-grained":
    case "app":
    case "job":
      return actor.permissions.workflows === "write";
  }
}

/** Refuses a ref with workflow files that are on no branch yet, as a push is refused. */
export function assertMayMoveWorkflows(repository: Repository, actor: Actor, oid: string): void {
  if (mayWriteWorkflows(actor) || repository.objects.get(oid)?.type !== "commit") return;
  const known = new Set<string>();
  for (const head of repository.refs.values()) {
    if (repository.objects.get(head)?.type !== "commit") continue;
    for (const file of workflowFiles(repository, head)) known.add(`${file.path} ${file.oid}`);
  }
  const fresh = workflowFiles(repository, oid).find(
    (file) => !known.has(`${file.path} ${file.oid}`),
  );
  if (fresh === undefined) return;
  const holder = actor.kind === "classic" ? "a Personal Access Token" : "an integration";
  const right = actor.kind === "classic" ? "`workflow` scope" : "`workflows` permission";
  throw new Refusal(
    "forbidden",
    `refusing to allow ${holder} to create or update workflow \`${fresh.path}\` without ${right}`,
  );
}

function workflowFiles(repository: Repository, commit: string) {
  return walkTree(repository, treeOf(repository, commit)).filter(({ path }) =>
    isWorkflowFile(path),
  );
}
