import type { ActionsEvent } from "../actions/actions-event.ts";
import { actorName } from "../world/actor.ts";
import type { WorldEvents } from "../world/events.ts";
import { noObject, peelTag, resolveCommit } from "../world/repository-git.ts";
import type { World } from "../world/world.ts";
import { pullRequestCommit } from "./pull-request-commit.ts";
import { pushPayload } from "./push-payload.ts";
import {
  commonPayload,
  pullRequestPayload,
  releasePayload,
  type Payload,
} from "./webhook-payloads.ts";

/** Tells what happens in the world's repositories, as GitHub tells Actions. */
export function tellEvents(world: World, api: string, tell: (event: ActionsEvent) => void): void {
  const base = (
    { repository, actor }: Pick<WorldEvents["push"], "repository" | "actor">,
    payload: Payload,
  ) => ({
    owner: repository.owner,
    repo: repository.name,
    actor: actorName(actor),
    // https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/trigger-a-workflow#triggering-a-workflow-from-a-workflow
    byJobToken: actor.kind === "job",
    payload: { ...payload, ...commonPayload(world, api, repository, actor) },
  });

  world.events.on("push", (event) => {
    const { repository, ref, before, after } = event;
    // The loss of a branch or tag starts nothing.
    if (after === noObject) return;
    const sha = peelTag(repository, after);
    if (repository.objects.get(sha)?.type !== "commit") return;
    const at = { sha, ref };
    if (before === noObject) {
      const [, kind = "", name = ""] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
      const refType = kind === "tags" ? "tag" : "branch";
      const payload = {
        ref: name,
        ref_type: refType,
        master_branch: repository.defaultBranch,
        description: repository.description,
        pusher_type: "user",
      };
      tell({ name: "create", ...at, ...base(event, payload) });
    }
    tell({ name: "push", ...at, ...base(event, pushPayload(world, event, sha)) });
  });

  world.events.on("release", (event) => {
    const { repository, release } = event;
    const ref = `refs/tags/${release.tag}`;
    const sha = resolveCommit(repository, ref);
    // Drafts have no tag yet, and start nothing.
    if (release.draft || sha === undefined) return;
    const shown = releasePayload(world, api, repository, release);
    for (const action of activitiesOf(event)) {
      tell({ name: "release", sha, ref, ...base(event, { action, release: shown }) });
    }
  });

  world.events.on("pull_request", (event) => {
    const { repository, number, action } = event;
    const pull = repository.pulls.find((each) => each.number === number);
    if (pull === undefined) return;
    const at = pullRequestCommit(world, repository, pull);
    if (at === undefined) return;
    const shown = pullRequestPayload(world, api, repository, pull);
    const payload = { action, number, pull_request: shown };
    tell({ name: "pull_request", ...at, ...base(event, payload) });
  });
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#release */
function activitiesOf({ action, release }: WorldEvents["release"]): string[] {
  if (action !== "published") return [action];
  return ["published", release.prerelease ? "prereleased" : "released"];
}
