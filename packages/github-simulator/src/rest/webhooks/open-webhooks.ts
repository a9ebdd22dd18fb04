import { openOrganisation, openRepository } from "../../http/access.ts";
import { orNotFound } from "../../http/api-error.ts";
import type { ApiContext } from "../../http/env.ts";
import type { Webhook } from "../../world/state/webhook.ts";
import type { WebhookHolder } from "../../world/webhooks.ts";

/** The owner of webhooks, with the address of one. */
export const webhookPaths = ["/repos/:owner/:repo/hooks", "/orgs/:org/hooks"] as const;

/** The repository or organisation of the path, if the actor may see and change its hooks. */
export function openWebhooks(c: ApiContext, level: "read" | "write"): WebhookHolder {
  return c.req.param("org") === undefined
    ? openRepository(c, "webhooks", level)
    : openOrganisation(c, "organization_hooks", level, "admin:org_hook");
}

export function openWebhook(
  c: ApiContext,
  level: "read" | "write",
): { holder: WebhookHolder; hook: Webhook } {
  const holder = openWebhooks(c, level);
  const hook = orNotFound(holder.webhooks.find(({ id }) => id === Number(c.req.param("hook"))));
  return { holder, hook };
}
