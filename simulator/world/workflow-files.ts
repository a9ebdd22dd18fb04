import type { Actor } from "./actor.ts";

/** Files that start workflows, and so need a right of their own to write. */
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
