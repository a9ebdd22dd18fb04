import type { View } from "../serializers/view.ts";
import type { ActionsEvent } from "../actions/host/actions-event.ts";
import { actorName } from "../world/actor.ts";
import type { WorldEvents } from "../world/events.ts";
import {
  createPayload,
  deletePayload,
  pullRequestEventPayload,
  releaseActivities,
} from "../webhooks/event-payloads.ts";
import {
  activityNames,
  activityPayload,
  type ActivityName,
} from "../webhooks/activity-payloads.ts";
import { pushPayload } from "../webhooks/push-payload.ts";
import { commonPayload, releasePayload, type Payload } from "../webhooks/webhook-payloads.ts";
import { branchHead, noObject, peelTag, resolveCommit } from "../world/objects/repository-git.ts";
import type { Repository } from "../world/state/repository.ts";
import { pullRequestCommit } from "./pull-request-commit.ts";

/** Reports events in repositories to Actions. */
export function reportToActions(view: View, report: (event: ActionsEvent) => void): void {
  const { world } = view;
  const base = (
    { repository, actor }: Pick<WorldEvents["push"], "repository" | "actor">,
    payload: Payload,
  ) => ({
    owner: repository.owner,
    repo: repository.name,
    actor: actorName(actor),
    // https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/trigger-a-workflow#triggering-a-workflow-from-a-workflow
    byJobToken: actor.kind === "job",
    payload: { ...payload, ...commonPayload(view, { repository }, actorName(actor)) },
  });

  world.events.on("push", (event) => {
    const { repository, ref, before, after } = event;
    if (after === noObject) {
      const at = headOf(repository, repository.defaultBranch);
      if (at !== undefined) report({ name: "delete", ...at, ...base(event, deletePayload(event)) });
      return;
    }
    const sha = peelTag(repository, after);
    if (repository.objects.get(sha)?.type !== "commit") return;
    const at = { sha, ref };
    if (before === noObject) {
      report({ name: "create", ...at, ...base(event, createPayload(event)) });
    }
    report({ name: "push", ...at, ...base(event, pushPayload(world, event, sha)) });
  });

  world.events.on("release", (event) => {
    const { repository, release } = event;
    const ref = `refs/tags/${release.tag}`;
    const sha = resolveCommit(repository, ref);
    // Drafts have no tag yet, and start nothing.
    if (release.draft || sha === undefined) return;
    const shown = releasePayload(view, repository, release);
    for (const action of releaseActivities(event.action, release)) {
      report({ name: "release", sha, ref, ...base(event, { action, release: shown }) });
    }
  });

  world.events.on("merge_group", (event) => {
    const { group, branch } = event;
    const { ref, sha } = group;
    const payload = {
      action: "checks_requested",
      merge_group: {
        head_sha: sha,
        head_ref: ref,
        base_sha: group.base,
        base_ref: `refs/heads/${branch}`,
      },
    };
    report({ name: "merge_group", sha, ref, ...base(event, payload) });
  });

  world.events.on("repository_dispatch", (event) => {
    const { repository, type } = event;
    const at = headOf(repository, repository.defaultBranch);
    if (at === undefined) return;
    const payload = {
      action: type,
      branch: repository.defaultBranch,
      client_payload: event.payload as Payload,
    };
    // Only this action of a job's token and a dispatch of one workflow start runs.
    report({ name: "repository_dispatch", ...at, ...base(event, payload), byJobToken: false });
  });

  world.events.on("pull_request", (event) => {
    const { repository, number } = event;
    const pull = repository.pulls.find((each) => each.number === number);
    const payload = pullRequestEventPayload(view, event);
    if (pull === undefined || payload === undefined) return;
    const onBase = headOf(repository, pull.base.ref);
    if (onBase) report({ name: "pull_request_target", ...onBase, ...base(event, payload) });
    const at = pullRequestCommit(world, repository, pull);
    if (at !== undefined) report({ name: "pull_request", ...at, ...base(event, payload) });
  });

  const reportActivity = (name: ActivityName) =>
    world.events.on(name, (event) => {
      const { repository } = event;
      // If no commit is given, the workflows of the default branch are used.
      const at =
        "pull" in event
          ? pullRequestCommit(world, repository, event.pull)
          : headOf(repository, repository.defaultBranch);
      if (at === undefined) return;
      report({ name, ...at, ...base(event, activityPayload(view, name, event)) });
    });
  activityNames.forEach(reportActivity);
}

function headOf(repository: Repository, branch: string): { sha: string; ref: string } | undefined {
  const sha = branchHead(repository, branch);
  return sha === undefined ? undefined : { sha, ref: `refs/heads/${branch}` };
}
