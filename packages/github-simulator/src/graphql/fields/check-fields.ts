import { fieldsOf } from "../core/resolver.ts";
import { actionsApp, checkNodeId } from "../../serializers/check-run.ts";
import { nodeId } from "../../serializers/node-id.ts";
import { repositoryHtmlUrl } from "../../serializers/repository.ts";
import { rulesFor } from "../../world/repositories/branch-rules.ts";
import { latestChecks, latestStatuses, rollupState } from "../../world/repositories/checks.ts";
import type { Check } from "../../world/state/check.ts";
import type { CommitStatus, Repository } from "../../world/state/repository.ts";
import type { World } from "../../world/world.ts";
import { connection } from "../core/connection.ts";
import { gitNode, type GitNode, type RepositoryNode, userNode } from "../core/node.ts";
import type { Resolvers } from "../core/resolver.ts";

/** The combined result of all checks of a commit; null if there is none, like on GitHub. */
export function statusCheckRollup(
  world: World,
  { repository, oid }: Pick<GitNode, "repository" | "oid">,
) {
  const checks = latestChecks(world.checksOf(repository, oid));
  const statuses = latestStatuses(repository, oid);
  if (checks.length + statuses.length === 0) return null;
  return {
    type: "StatusCheckRollup",
    id: nodeId("Commit", repository.id, oid, "rollup"),
    state: rollupState(checks, statuses),
    commit: gitNode(repository, oid),
    repository,
    checks,
    statuses,
  };
}

interface Rollup {
  repository: Repository;
  checks: readonly Check[];
  statuses: readonly CommitStatus[];
}

export const rollupFields: Resolvers<Rollup> = {
  contexts: ({ repository, checks, statuses }, args, _, info) => {
    const found = [
      ...checks.map((check) => checkRunNode(repository, check)),
      ...statuses.map((status) => ({ type: "StatusContext", repository, status })),
    ];
    return {
      ...connection<object>(found, args, info),
      checkRunCount: checks.length,
      statusContextCount: statuses.length,
    };
  },
};

export const checkRunFields: Resolvers<{ name: string; repository: RepositoryNode }> = {
  isRequired: ({ name, repository: { repository } }, { pullRequestNumber }, { world }) =>
    isRequired(world, repository, name, pullRequestNumber),
};

export const statusContextFields: Resolvers<{ repository: Repository; status: CommitStatus }> = {
  id: ({ repository, status }) => nodeId("StatusContext", repository.id, status.id),
  ...fieldsOf<CommitStatus>("status", ["context", "description", "targetUrl", "createdAt"]),
  state: ({ status }) => status.state.toUpperCase(),
  creator: ({ status }, _, context) => userNode(status.creator, context),
  commit: ({ repository, status }) => gitNode(repository, status.sha),
  isRequired: ({ repository, status }, { pullRequestNumber }, { world }) =>
    isRequired(world, repository, status.context, pullRequestNumber),
};

function isRequired(
  world: World,
  repository: Repository,
  name: string,
  pullRequestNumber: unknown,
): boolean {
  const pull = repository.pulls.find(({ number }) => number === pullRequestNumber);
  return rulesFor(world, repository, pull?.base.ref ?? repository.defaultBranch).some(
    ({ requiredStatusChecks }) => requiredStatusChecks.includes(name),
  );
}

/** Without `databaseId`: the ids here, like GitHub's current ones, exceed `Int`. */
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
