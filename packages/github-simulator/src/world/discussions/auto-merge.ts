import { personAt } from "../actor.ts";
import type { AuthenticatedActor } from "../actor.ts";
import { Refusal } from "../refusal.ts";
import type { AutoMerge, PullRequest } from "../state/discussions.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";
import { hasMergeQueue } from "../repositories/branch-rules.ts";
import { enqueue, settleQueue } from "./merge-queue.ts";
import { assertMethodAllowed, mergePullRequest, mergeState } from "./pull-requests.ts";

/**
 * Lets GitHub merge a pull request as soon as everything required is met. GitHub's wordings are those that
 * clients quote, such as https://github.com/peter-evans/enable-pull-request-automerge/issues/343.
 *
 * @see https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/automatically-merging-a-pull-request
 * @throws {Refusal} the repository does not allow it, or nothing blocks the merge
 */
export function enableAutoMerge(
  world: World,
  repository: Repository,
  pull: PullRequest,
  wanted: Omit<AutoMerge, "enabledAt">,
): void {
  if (!repository.settings.allow_auto_merge) {
    throw new Refusal("invalid", "Pull request Auto merge is not allowed for this repository");
  }
  if (pull.state === "closed") {
    throw new Refusal("invalid", "Pull request is not in the correct state to enable auto-merge");
  }
  assertMethodAllowed(repository, wanted.method);
  const isQueued = hasMergeQueue(world, repository, pull.base.ref);
  // With a queue, nothing else merges it, whatever its state.
  if (!isQueued && mergeState(world, repository, pull) === "clean") {
    throw new Refusal("invalid", "Pull request Pull request is in clean status");
  }
  pull.autoMerge = { ...wanted, enabledAt: world.now() };
  pull.updatedAt = world.now();
  if (isQueued) mergeWhatIsReady(world, repository);
}

/** @throws {Refusal} it was not enabled */
export function disableAutoMerge(world: World, pull: PullRequest): void {
  if (pull.autoMerge === null) {
    throw new Refusal("invalid", "Can't disable auto-merge for this pull request.");
  }
  pull.autoMerge = null;
  pull.updatedAt = world.now();
}

/** Looks for pull requests that may be merged by now after everything that can make them ready. */
export function startAutoMerges(world: World): void {
  const look = ({ repository }: { readonly repository?: Repository | undefined }) => {
    if (repository !== undefined) mergeWhatIsReady(world, repository);
  };
  for (const name of [
    "pull_request",
    "pull_request_review",
    "merge_group",
    "push",
    "status",
  ] as const) {
    world.events.on(name, look);
  }
  // The progress of the checks.
  world.events.on("webhook", (event) => {
    if (event.name === "workflow_job" || event.name === "workflow_run") look(event);
  });
}

/** Merges the pull requests of a repository that wait for nothing any more, in the name of those who asked. */
function mergeWhatIsReady(world: World, repository: Repository): void {
  settleQueue(world, ({ autoMerge }) => inTheNameOf(autoMerge), repository);
  for (const pull of repository.pulls) {
    const { autoMerge } = pull;
    if (autoMerge === null || mergeState(world, repository, pull) !== "clean") continue;
    if (hasMergeQueue(world, repository, pull.base.ref)) {
      if (pull.mergeGroup === null)
        enqueue({ world, actor: inTheNameOf(autoMerge) }, repository, pull, autoMerge);
      continue;
    }
    // The merge is an event, after which the repository is looked at again.
    pull.autoMerge = null;
    const { method, headline: title, body } = autoMerge;
    try {
      mergePullRequest({ world, actor: inTheNameOf(autoMerge) }, repository, pull, method, {
        title,
        body,
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // A rule that the state does not show, such as one about branches that are out of date.
      pull.autoMerge = autoMerge;
    }
  }
}

function inTheNameOf(autoMerge: AutoMerge | null): AuthenticatedActor {
  return personAt(autoMerge?.enabledBy ?? "ghost", ["repo", "workflow"]);
}
