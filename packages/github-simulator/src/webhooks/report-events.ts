import type { View } from "../serializers/view.ts";
import { actorName } from "../world/actor.ts";
import type { WebhookEvent, WorldEvents } from "../world/events.ts";
import { noObject, peelTag } from "../world/objects/repository-git.ts";
import type { World } from "../world/world.ts";
import {
  createPayload,
  deletePayload,
  pullRequestEventPayload,
  releaseActivities,
} from "./event-payloads.ts";
import { activityNames, activityPayload, type ActivityName } from "./activity-payloads.ts";
import { pushPayload } from "./push-payload.ts";
import { releasePayload } from "./webhook-payloads.ts";

/**
 * Reports events in the world like GitHub's webhooks, also those that job tokens cause.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 * @returns a function that stops it
 */
export function reportEvents(view: View, report: (event: WebhookEvent) => void): () => void {
  const { world } = view;
  const { events } = world;
  const reportActivity = (name: ActivityName) =>
    events.on(name, (event) => {
      const { repository, actor } = event;
      const payload = () => activityPayload(view, name, event);
      report({ name, repository, sender: actorName(actor), payload });
    });
  const ends = [
    events.on("webhook", report),
    events.on("push", (event) => pushEvents(world, event).forEach(report)),
    events.on("release", (event) => releaseEvents(view, event).forEach(report)),
    events.on("pull_request", (event) => {
      const { repository, actor } = event;
      const payload = () => pullRequestEventPayload(view, event) ?? {};
      report({ name: "pull_request", repository, sender: actorName(actor), payload });
    }),
    ...activityNames.map(reportActivity),
  ];
  return () => ends.forEach((end) => end());
}

/** Unlike workflows, hooks receive the deletion of a ref as a push, too. */
function pushEvents(world: World, event: WorldEvents["push"]): WebhookEvent[] {
  const { repository, before, after, actor } = event;
  const of = (name: string, payload: WebhookEvent["payload"]) => ({
    name,
    repository,
    sender: actorName(actor),
    payload,
  });
  const gone = after === noObject;
  const sha = gone ? undefined : peelTag(repository, after);
  const isCommit = sha !== undefined && repository.objects.get(sha)?.type === "commit";
  return [
    ...(before === noObject ? [of("create", () => createPayload(event))] : []),
    ...(gone ? [of("delete", () => deletePayload(event))] : []),
    ...(gone || isCommit ? [of("push", () => pushPayload(world, event, sha))] : []),
  ];
}

function releaseEvents(view: View, event: WorldEvents["release"]): WebhookEvent[] {
  const { repository, release, actor } = event;
  return releaseActivities(event.action, release).map((action) => ({
    name: "release",
    repository,
    sender: actorName(actor),
    payload: () => ({
      action,
      ...(action === "edited" && { changes: {} }),
      release: releasePayload(view, repository, release),
    }),
  }));
}
