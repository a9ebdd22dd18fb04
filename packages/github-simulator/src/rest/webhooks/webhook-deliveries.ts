import { notFound, validationFailed } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import {
  deliveryItem,
  deliveryShape,
  isRepositoryHolder,
  webhookShape,
} from "../../serializers/webhook.ts";
import { keptFor } from "../../webhooks/start-deliveries.ts";
import { pushPayload } from "../../webhooks/push-payload.ts";
import { actorName } from "../../world/actor.ts";
import { branchHead, noObject, readCommit } from "../../world/objects/repository-git.ts";
import type { Repository } from "../../world/state/repository.ts";
import type { Webhook, WebhookDelivery } from "../../world/state/webhook.ts";
import type { WebhookHolder } from "../../world/webhooks.ts";
import { openWebhook, webhookPaths } from "./open-webhooks.ts";

/** https://docs.github.com/en/rest/repos/webhooks: tests, pings, and earlier deliveries */
export const webhookDeliveryRoutes = createRoutes();

for (const path of webhookPaths.map((each) => `${each}/:hook{\\d+}` as const)) {
  webhookDeliveryRoutes
    .post(`${path}/pings`, (c) => {
      const { holder, hook } = openWebhook(c, "read");
      pingWebhook(c, holder, hook);
      return c.body(null, 204);
    })
    .get(`${path}/deliveries`, (c) => c.json(pageOf(c, kept(c)).map(deliveryItem)))
    .get(`${path}/deliveries/:delivery{\\d+}`, (c) => c.json(deliveryShape(deliveryOf(c))))
    .post(`${path}/deliveries/:delivery{\\d+}/attempts`, (c) => {
      const delivery = deliveryOf(c);
      c.var.world.events.emit("redelivery", { ...openWebhook(c, "write"), delivery });
      return c.json({}, 202);
    });
}

/** "This will trigger the hook with the latest push to the current repository if the hook is subscribed to `push` events." */
webhookDeliveryRoutes.post("/repos/:owner/:repo/hooks/:hook{\\d+}/tests", (c) => {
  const { holder, hook } = openWebhook(c, "read");
  const isSubscribed = hook.events.includes("push") || hook.events.includes("*");
  if (isSubscribed && isRepositoryHolder(holder)) testWebhook(c, holder, hook);
  return c.body(null, 204);
});

/** GitHub sends it to a new hook, and on request. */
export function pingWebhook(c: ApiContext, holder: WebhookHolder, hook: Webhook): void {
  const { world, api, actor } = c.var;
  world.events.emit("webhook", {
    name: "ping",
    ...(isRepositoryHolder(holder) ? { repository: holder } : { organisation: holder }),
    sender: actorName(actor),
    payload: () => ({
      zen: "Design for failure.",
      hook_id: hook.id,
      hook: webhookShape(api, holder, hook),
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

/** Newest first. */
function kept(c: ApiContext): WebhookDelivery[] {
  const oldest = c.var.world.clock.now() - keptFor;
  return openWebhook(c, "read")
    .hook.deliveries.filter(({ deliveredAt }) => Date.parse(deliveredAt) >= oldest)
    .toReversed();
}

function deliveryOf(c: ApiContext): WebhookDelivery {
  const delivery = kept(c).find(({ id }) => id === Number(c.req.param("delivery")));
  if (delivery === undefined) throw notFound();
  return delivery;
}

/** A page that starts at the cursor's delivery; the cursor is that delivery's id. */
function pageOf(c: ApiContext, deliveries: readonly WebhookDelivery[]): WebhookDelivery[] {
  const { status, cursor, per_page } = c.req.query();
  if (status !== undefined && status !== "success" && status !== "failure") {
    throw validationFailed({ resource: "Hook", field: "status", code: "invalid" });
  }
  const found = deliveries.filter(
    ({ statusCode }) => status === undefined || statusCode < 400 === (status === "success"),
  );
  const size = Math.min(100, Math.max(1, Number(per_page ?? 30) || 30));
  const start = cursor === undefined ? 0 : found.findIndex(({ id }) => String(id) === cursor);
  if (start < 0) throw validationFailed({ resource: "Hook", field: "cursor", code: "invalid" });
  const next = found[start + size];
  if (next !== undefined) {
    const url = new URL(`${c.var.api}${c.req.path}${new URL(c.req.url).search}`);
    url.searchParams.set("cursor", String(next.id));
    c.header("Link", `<${url.href}>; rel="next"`);
  }
  return found.slice(start, start + size);
}
