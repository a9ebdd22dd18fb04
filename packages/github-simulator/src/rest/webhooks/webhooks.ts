import { z } from "zod";
import { ApiError, validationFailed, type FieldError } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { isRepositoryHolder, webhookShape } from "../../serializers/webhook.ts";
import { auditedHolder, recordAudit } from "../../world/audit-log.ts";
import { isDelivered, isOffered, mostHooks, type WebhookHolder } from "../../world/webhooks.ts";
import type { Webhook } from "../../world/state/webhook.ts";
import { openWebhook, openWebhooks, webhookPaths } from "./open-webhooks.ts";
import { pingWebhook } from "./webhook-pings.ts";

/** https://docs.github.com/en/rest/repos/webhooks and https://docs.github.com/en/rest/orgs/webhooks */
export const webhookRoutes = createRoutes();

for (const path of webhookPaths) {
  webhookRoutes
    .get(path, (c) => {
      const holder = openWebhooks(c, "read");
      return c.json(paginate(c, holder.webhooks).map((hook) => webhookShape(c.var, holder, hook)));
    })
    .post(path, async (c) => {
      const { world } = c.var;
      const holder = openWebhooks(c, "write");
      const given = await readBody(c, newWebhook, "Hook");
      if (given.name !== "web") throw refused({ field: "name", code: "invalid" });
      const { secret = null, ...config } = configOf(given.config);
      const url = assertUrl(config.url);
      const now = world.now();
      const hook: Webhook = {
        ...{ id: 0, active: given.active, events: assertEvents(holder, given.events) },
        ...{ contentType: "form", insecureSsl: "0", ...config, url, secret },
        createdAt: now,
        updatedAt: now,
        lastResponse: { code: null, status: "unused", message: null },
      };
      assertRoom(holder, hook);
      hook.id = world.nextId();
      holder.webhooks.push(hook);
      audit(c, holder, hook, "create");
      if (hook.active) pingWebhook(c, holder, hook);
      return c.json(webhookShape(c.var, holder, hook), 201);
    })
    .get(`${path}/:hook{\\d+}`, (c) => {
      const { holder, hook } = openWebhook(c, "read");
      return c.json(webhookShape(c.var, holder, hook));
    })
    .patch(`${path}/:hook{\\d+}`, async (c) => {
      const { holder, hook } = openWebhook(c, "write");
      const given = await readBody(c, changedWebhook, "Hook");
      const events = [...(given.events ?? hook.events), ...(given.add_events ?? [])];
      const dropped = given.remove_events ?? [];
      // "You must provide the same secret or set a new secret or the secret will be removed."
      const config = given.config && { secret: null, ...configOf(given.config) };
      change(c, holder, hook, {
        ...config,
        ...(config && { url: assertUrl(config.url ?? hook.url) }),
        active: given.active ?? hook.active,
        events: assertEvents(
          holder,
          events.filter((event) => !dropped.includes(event)),
        ),
      });
      return c.json(webhookShape(c.var, holder, hook));
    })
    .delete(`${path}/:hook{\\d+}`, (c) => {
      const { holder, hook } = openWebhook(c, "write");
      holder.webhooks = holder.webhooks.filter((each) => each !== hook);
      audit(c, holder, hook, "destroy");
      return c.body(null, 204);
    });
}

const webhookConfigChange = z.object({
  url: z.string().optional(),
  content_type: z.enum(["json", "form"]).optional(),
  secret: z.string().nullish(),
  insecure_ssl: z.union([z.enum(["0", "1"]), z.literal([0, 1])]).optional(),
});
const eventNames = z.array(z.string());
const newWebhook = z.object({
  name: z.string().default("web"),
  config: webhookConfigChange.default({}),
  events: eventNames.default(["push"]),
  active: z.boolean().default(true),
});
const changedWebhook = z.object({
  name: z.string().optional(),
  config: webhookConfigChange.optional(),
  events: eventNames.optional(),
  add_events: eventNames.optional(),
  remove_events: eventNames.optional(),
  active: z.boolean().optional(),
});

type Config = Pick<Webhook, "url" | "contentType" | "secret" | "insecureSsl">;

function configOf(given: z.output<typeof webhookConfigChange>): Partial<Config> {
  return {
    ...(given.url !== undefined && { url: given.url }),
    ...(given.content_type !== undefined && { contentType: given.content_type }),
    ...(given.secret !== undefined && { secret: given.secret || null }),
    ...(given.insecure_ssl !== undefined && {
      insecureSsl: String(given.insecure_ssl) as Webhook["insecureSsl"],
    }),
  };
}

function change(
  c: ApiContext,
  holder: WebhookHolder,
  hook: Webhook,
  changes: Partial<Config & Pick<Webhook, "active" | "events">>,
): void {
  const after = { ...hook, ...changes };
  assertRoom(holder, after);
  const differs = (...keys: (keyof Webhook)[]) =>
    keys.some((key) => JSON.stringify(hook[key]) !== JSON.stringify(after[key]));
  const changed = {
    config_changed: differs("url", "contentType", "secret", "insecureSsl"),
    events_changed: differs("events"),
    active_changed: differs("active"),
  };
  Object.assign(hook, changes, { updatedAt: c.var.world.now() });
  for (const [action, happened] of Object.entries(changed)) {
    if (happened) audit(c, holder, hook, action);
  }
}

function refused(error: Omit<FieldError, "resource">) {
  return validationFailed({ resource: "Hook", ...error });
}

/** GitHub refuses loopback addresses; the simulator delivers to no others. */
function assertUrl(url: string | undefined): string {
  if (!url) throw refused({ code: "custom", message: "Config must contain URL for webhooks" });
  if (/^https?:\/\//i.test(url) && URL.canParse(url) && !/["\s<>]/.test(url)) return url;
  const advice = "Please make sure that you encode all special characters first";
  throw refused({ code: "custom", message: `The URL you've entered is not valid. ${advice}` });
}

/** `*` must be the only one: https://docs.github.com/en/rest/orgs/webhooks#create-an-organization-webhook */
function assertEvents(holder: WebhookHolder, events: readonly string[]): string[] {
  if (!events.every((event) => isOffered(holder, event))) {
    throw refused({ field: "events", code: "invalid" });
  }
  const missing = events.filter((event) => !isDelivered(event));
  if (missing.length > 0) {
    throw new ApiError(501, `the simulator delivers no webhooks of ${missing.join(", ")}`);
  }
  return events.includes("*") ? ["*"] : [...new Set(events)];
}

/**
 * "Multiple webhooks can share the same config as long as those webhooks do not have any events that
 * overlap": https://docs.github.com/en/rest/repos/webhooks#create-a-repository-webhook
 */
function assertRoom(holder: WebhookHolder, hook: Webhook): void {
  const others = holder.webhooks.filter(({ id }) => id !== hook.id);
  const overlaps = (other: Webhook) =>
    hook.events.includes("*") ||
    other.events.includes("*") ||
    hook.events.some((event) => other.events.includes(event));
  const isSame = (other: Webhook) =>
    (["url", "contentType", "secret", "insecureSsl"] as const).every(
      (key) => hook[key] === other[key],
    );
  if (others.some((other) => isSame(other) && overlaps(other))) {
    const place = isRepositoryHolder(holder) ? "repository" : "organization";
    throw refused({ code: "custom", message: `Hook already exists on this ${place}` });
  }
  for (const event of hook.events) {
    if (others.filter(({ events }) => events.includes(event)).length < mostHooks) continue;
    const message = `The "${event}" event cannot have more than ${mostHooks} hooks`;
    throw refused({ code: "custom", message });
  }
}

/** https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization#hook */
function audit(c: ApiContext, holder: WebhookHolder, hook: Webhook, action: string): void {
  const { id, events, active } = hook;
  recordAudit(c.var, `hook.${action}`, {
    ...auditedHolder(holder).fields,
    ...{ name: "webhook", hook_id: id, events: [...events], active },
  });
}
