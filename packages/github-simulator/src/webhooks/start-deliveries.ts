import { randomUUID } from "node:crypto";
import type { WebhookEvent } from "../world/events.ts";
import { listeners, type WebhookHolder } from "../world/webhooks.ts";
import type { Webhook, WebhookDelivery } from "../world/state/webhook.ts";
import type { World } from "../world/world.ts";
import { deliveryBody, deliveryHeaders } from "./delivery-headers.ts";
import { postPayload } from "./post-payload.ts";
import { reportEvents } from "./report-events.ts";
import { commonPayload, plain } from "./webhook-payloads.ts";

export interface Deliveries {
  /** Resolves once no delivery is in progress. */
  idle(): Promise<void>;
  /** Aborts deliveries in progress. */
  close(): Promise<void>;
}

/** "GitHub terminates the connection": https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks#respond-within-10-seconds */
const longestDelivery = 10_000;

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap */
const largestPayload = 25 * 1024 * 1024;

/** https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks */
export const keptFor = 3 * 86_400_000;

type Sent = Pick<WebhookDelivery, "guid" | "event" | "action" | "repositoryId" | "redelivery"> & {
  payload: string;
};

/**
 * Sends webhooks their events, each delivery separately: the cause of an event does not wait,
 * and a slow receiver does not delay others.
 * @param api the API's address in payloads
 * @param timeout in milliseconds
 */
export function startDeliveries(world: World, api: string, timeout = longestDelivery): Deliveries {
  const active = new Set<Promise<void>>();
  const closing = new AbortController();

  const send = (holder: WebhookHolder, hook: Webhook, sent: Sent): void => {
    const activity = deliver(world, holder, hook, sent, { timeout, signal: closing.signal });
    active.add(activity);
    void activity.finally(() => active.delete(activity));
  };
  const report = (event: WebhookEvent): void => {
    const { name, repository, only } = event;
    const organisation =
      event.organisation ?? world.findOrganisation(event.repository?.owner ?? "");
    const receivers = only ? [only] : listeners(name, [repository, organisation]);
    if (receivers.length === 0) return;
    const own = plain(event.payload());
    const payload = JSON.stringify({
      ...own,
      ...commonPayload(world, api, { repository, organisation }, event.sender),
    });
    if (Buffer.byteLength(payload) > largestPayload) return;
    const action = typeof own.action === "string" ? own.action : null;
    const repositoryId = repository?.id ?? null;
    const sent = { guid: randomUUID(), event: name, action, repositoryId, payload };
    for (const { holder, hook } of receivers) send(holder, hook, { ...sent, redelivery: false });
  };
  const ends = [
    reportEvents(world, api, report),
    world.events.on("redelivery", ({ holder, hook, delivery }) =>
      send(holder, hook, { ...delivery, payload: delivery.request.payload, redelivery: true }),
    ),
  ];
  const idle = async () => {
    while (active.size > 0) await Promise.all(active);
  };
  return {
    idle,
    async close() {
      for (const end of ends) end();
      closing.abort();
      await idle();
    },
  };
}

async function deliver(
  world: World,
  holder: WebhookHolder,
  hook: Webhook,
  { guid, event, action, repositoryId, redelivery, payload }: Sent,
  limits: { timeout: number; signal: AbortSignal },
): Promise<void> {
  const { url, insecureSsl } = hook;
  const body = deliveryBody(hook, payload);
  const headers = deliveryHeaders(holder, hook, { event, guid }, body);
  const deliveredAt = world.now();
  const started = performance.now();
  try {
    const post = { url, headers, body, insecure: insecureSsl === "1", ...limits };
    const { response, status, statusCode } = await postPayload(post);
    keep(world, hook, {
      id: world.nextId(),
      ...{ guid, event, action, repositoryId, redelivery, deliveredAt, status, statusCode, url },
      duration: Math.round(performance.now() - started) / 1000,
      request: { headers, payload },
      response,
    });
  } catch (error) {
    // Closing aborts deliveries, and nobody can ask about them later.
    if (!limits.signal.aborted) throw error;
  }
}

/** Keeps a delivery as long as GitHub does, and updates the hook's last response. */
function keep(world: World, hook: Webhook, delivery: WebhookDelivery): void {
  const oldest = world.clock.now() - keptFor;
  hook.deliveries = hook.deliveries.filter((each) => Date.parse(each.deliveredAt) >= oldest);
  hook.deliveries.push(delivery);
  const { status, statusCode } = delivery;
  const state = status === "OK" ? "active" : status === "timed out" ? "timeout" : "misconfigured";
  hook.lastResponse = { code: statusCode, status: state, message: status };
}
