import type { Repository } from "../world/state/repository.ts";

/**
 * Whether a repository may call the reusable workflows of another one: always those of public ones,
 * those of others in the same account if they are shared, and never from a more open repository.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations#access-to-reusable-workflows
 */
export function mayCallWorkflowsOf(called: Repository, caller: Repository): boolean {
  if (called.id === caller.id || called.visibility === "public") return true;
  if (called.owner.toLowerCase() !== caller.owner.toLowerCase()) return false;
  if (called.actions.accessLevel === "none") return false;
  return openness[caller.visibility] <= openness[called.visibility];
}

const openness = { private: 0, internal: 1, public: 2 } as const;
