import { ghcr } from "../model/resource-types.ts";
import type { ResourceRule } from "../model/rule.ts";

/** Where a lockfile has a workflow and not its actions, runs end at their start, and no log says why. */
export const workflowLocked: ResourceRule = {
  kind: "resource",
  id: "workflow-locked",
  level: "mandatory",
  severity: "high",
  description: "A workflow that the repository's lockfile lists has each of its actions in it.",
  remediation:
    "Run gh actions-lock in a checkout and commit actions.lock, or keep the repository's own workflows.",
  source: "https://docs.github.com/en/actions/concepts/security/workflow-dependency-lockfiles",
  sees: "ghcr:index:RepositoryPublishing, which writes the entries with the templates, and says where it cannot. ghcr-fleet check compares each workflow with the actions.lock beside it.",
  resourceTypes: [ghcr.publishing, ghcr.shared],
  *judge({ props }) {
    // The text names files and actions of the repository, which is no place for messages.
    if (props["notStarting"] !== undefined)
      yield "have a lockfile that its workflows can be added to: their runs would not start";
  },
};
