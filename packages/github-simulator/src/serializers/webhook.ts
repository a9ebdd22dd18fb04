import type { View } from "./view.ts";
import type { Repository } from "../world/state/repository.ts";
import type { Webhook } from "../world/state/webhook.ts";
import type { WebhookHolder } from "../world/webhooks.ts";
import { repositoryUrl } from "./repository.ts";

/** GitHub's `hook`, and `org-hook`, which has neither a test nor the last delivery's result. */
export function webhookShape(view: View, holder: WebhookHolder, hook: Webhook) {
  const isRepository = isRepositoryHolder(holder);
  const root = isRepository ? repositoryUrl(view, holder) : `${view.api}/orgs/${holder.login}`;
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
function webhookConfig({ contentType, secret, url, insecureSsl }: Webhook) {
  return {
    content_type: contentType,
    ...(secret !== null && { secret: "********" }),
    url,
    insecure_ssl: insecureSsl,
  };
}

export function isRepositoryHolder(holder: WebhookHolder): holder is Repository {
  return "objects" in holder;
}
