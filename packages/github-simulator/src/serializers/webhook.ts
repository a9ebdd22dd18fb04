import type { Repository } from "../world/state/repository.ts";
import type { Webhook, WebhookDelivery } from "../world/state/webhook.ts";
import type { WebhookHolder } from "../world/webhooks.ts";
import { repositoryUrl } from "./repository.ts";

/** GitHub's `hook`, and `org-hook`, which has neither a test nor the last delivery's result. */
export function webhookShape(api: string, holder: WebhookHolder, hook: Webhook) {
  const isRepository = isRepositoryHolder(holder);
  const root = isRepository ? repositoryUrl(api, holder) : `${api}/orgs/${holder.login}`;
  const url = `${root}/hooks/${hook.id}`;
  return {
    type: isRepository ? "Repository" : "Organization",
    id: hook.id,
    name: "web",
    active: hook.active,
    events: hook.events,
    config: webhookConfig(hook),
    updated_at: hook.updatedAt,
    created_at: hook.createdAt,
    url,
    ...(isRepository && { test_url: `${url}/test` }),
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    ...(isRepository && { last_response: hook.lastResponse }),
  };
}

/** GitHub's `webhook-config`, which shows only that there is a secret. */
export function webhookConfig({ contentType, secret, url, insecureSsl }: Webhook) {
  return {
    content_type: contentType,
    ...(secret !== null && { secret: "********" }),
    url,
    insecure_ssl: insecureSsl,
  };
}

/** GitHub's `hook-delivery-item`. */
export function deliveryItem(delivery: WebhookDelivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: null,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

/** GitHub's `hook-delivery`. */
export function deliveryShape(delivery: WebhookDelivery) {
  return {
    ...deliveryItem(delivery),
    url: delivery.url,
    request: {
      headers: delivery.request.headers,
      payload: JSON.parse(delivery.request.payload) as Record<string, unknown>,
    },
    response: delivery.response,
  };
}

export function isRepositoryHolder(holder: WebhookHolder): holder is Repository {
  return "objects" in holder;
}
