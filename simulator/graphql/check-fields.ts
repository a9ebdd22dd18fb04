import { actionsApp, checkNodeId } from "../shapes/check-run.ts";
import { nodeId } from "../shapes/node-id.ts";
import { repositoryHtmlUrl } from "../shapes/repository.ts";
import { rulesFor } from "../world/branch-rules.ts";
import { latestChecks, rollupState, type Check } from "../world/checks.ts";
import type { Repository } from "../world/state.ts";
import type { World } from "../world/world.ts";
import { connection } from "./connection.ts";
import { gitNode, type GitNode, type RepositoryNode } from "./node.ts";
import type { Resolvers } from "./resolver.ts";

/** What all checks of a commit come to; null where there is none, as GitHub has it. */
export function statusCheckRollup(world: World, { repository, oid }: GitNode) {
  const checks = latestChecks(world.checksOf(repository, oid));
  if (checks.length === 0) return null;
  return {
    type: "StatusCheckRollup",
    id: nodeId("Commit", repository.id, oid, "rollup"),
    state: rollupState(checks),
    commit: gitNode(repository, oid),
    repository,
    checks,
  };
}

export const rollupFields: Resolvers<{ repository: Repository; checks: readonly Check[] }> = {
  contexts: ({ repository, checks }, args, _, info) => ({
    ...connection(checks, args, info, (check) => checkRunNode(repository, check)),
    checkRunCount: checks.length,
    statusContextCount: 0,
  }),
};

export const checkRunFields: Resolvers<{ name: string; repository: RepositoryNode }> = {
  isRequired: ({ name, repository: { repository } }, { pullRequestNumber }) => {
    const pull = repository.pulls.find(({ number }) => number === pullRequestNumber);
    return rulesFor(repository, pull?.base.ref ?? repository.defaultBranch).some(
      ({ requiredStatusChecks }) => requiredStatusChecks.includes(name),
    );
  },
};

/** Without `databaseId`: the ids here, as GitHub's by now, are above what `Int` holds. */
function checkRunNode(repository: Repository, check: Check) {
  const { id, suite, workflow } = check;
  return {
    type: "CheckRun",
    id: checkNodeId("CR", id),
    name: check.name,
    status: check.status.toUpperCase(),
    conclusion: check.conclusion?.toUpperCase() ?? null,
    startedAt: check.startedAt,
    completedAt: check.completedAt,
    detailsUrl: check.page,
    url: check.page,
    permalink: check.page,
    title: null,
    summary: null,
    text: null,
    externalId: String(id),
    repository: { type: "Repository", repository },
    checkSuite: {
      id: checkNodeId("CS", suite),
      app: { databaseId: actionsApp.id, name: actionsApp.name, slug: actionsApp.slug },
      workflowRun: {
        id: checkNodeId("WFR", suite),
        event: check.event,
        url: `${repositoryHtmlUrl(repository)}/actions/runs/${suite}`,
        workflow: {
          id: checkNodeId("W", workflow.id),
          name: workflow.name,
        },
      },
    },
  };
}
