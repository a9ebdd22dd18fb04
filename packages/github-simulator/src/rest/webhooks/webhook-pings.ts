import { createRoutes, type ApiContext } from "../../http/env.ts";
import { isRepositoryHolder, webhookShape } from "../../serializers/webhook.ts";
import { pushPayload } from "../../webhooks/push-payload.ts";
import { actorName } from "../../world/actor.ts";
import { branchHead, noObject, readCommit } from "../../world/objects/repository-git.ts";
import type { Repository } from "../../world/state/repository.ts";
import type { Webhook } from "../../world/state/webhook.ts";
import type { WebhookHolder } from "../../world/webhooks.ts";
import { openWebhook, webhookPaths } from "./open-webhooks.ts";

/** https://docs.github.com/en/rest/repos/webhooks: tests and pings */
export const webhookPingRoutes = createRoutes();

for (const path of webhookPaths) {
  webhookPingRoutes.post(`${path}/:hook{\\d+}/pings`, (c) => {
    const { holder, hook } = openWebhook(c, "read");
    pingWebhook(c, holder, hook);
    return c.body(null, 204);
  });
}

/** "This will trigger the hook with the latest push to the current repository if the hook is subscribed to `push` events." */
webhookPingRoutes.post("/repos/:owner/:repo/hooks/:hook{\\d+}/tests", (c) => {
  const { holder, hook } = openWebhook(c, "read");
  const isSubscribed = hook.events.includes("push") || hook.events.includes("*");
  if (isSubscribed && isRepositoryHolder(holder)) testWebhook(c, holder, hook);
  return c.body(null, 204);
});

/** GitHub sends it to a new hook, and on request. */
export function pingWebhook(c: ApiContext, holder: WebhookHolder, hook: Webhook): void {
  const { world, actor } = c.var;
  world.events.emit("webhook", {
    name: "ping",
    ...(isRepositoryHolder(holder) ? { repository: holder } : { organisation: holder }),
    sender: actorName(actor),
    payload: () => ({
      zen: "Design for failure.",
      hook_id: hook.id,
      hook: webhookShape(c.var, holder, hook),
    }),
    only: { holder, hook },
  });
}

function testWebhook(c: ApiContext, repository: Repository, hook: Webhook): void {
  const { world, actor } = c.var;
  const after = branchHead(repository, repository.defaultBranch);
  if (after === undefined) return;
  const before = readCommit(repository, after).parents[0] ?? noObject;
  const ref = `refs/heads/${repository.defaultBranch}`;
  const push = { repository, ref, before, after, actor };
  world.events.emit("webhook", {
    name: "push",
    repository,
    sender: actorName(actor),
    payload: () => pushPayload(world, push, after),
    only: { holder: repository, hook },
  });
}
