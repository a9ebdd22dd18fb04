import type { View } from "../serializers/view.ts";
import { randomUUID } from "node:crypto";
import type { WebhookEvent } from "../world/events.ts";
import { listeners, type WebhookHolder } from "../world/webhooks.ts";
import type { Webhook } from "../world/state/webhook.ts";
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

interface Sent {
  /** Shared by all deliveries of one event, to any hook. */
  guid: string;
  event: string;
  payload: string;
}

/**
 * Sends webhooks their events, each delivery separately: the cause of an event does not wait,
 * and a slow receiver does not delay others.
 * @param api the API's address in payloads
 * @param timeout in milliseconds
 */
export function startDeliveries(view: View, timeout = longestDelivery): Deliveries {
  const active = new Set<Promise<void>>();
  const closing = new AbortController();

  const send = (holder: WebhookHolder, hook: Webhook, sent: Sent): void => {
    const activity = deliver(holder, hook, sent, { timeout, signal: closing.signal });
    active.add(activity);
    void activity.finally(() => active.delete(activity));
  };
  const report = (event: WebhookEvent): void => {
    const { name, repository, only } = event;
    const organisation =
      event.organisation ?? view.world.findOrganisation(event.repository?.owner ?? "");
    const receivers = only ? [only] : listeners(name, [repository, organisation]);
    if (receivers.length === 0) return;
    const payload = JSON.stringify({
      ...plain(event.payload()),
      ...commonPayload(view, { repository, organisation }, event.sender),
    });
    if (Buffer.byteLength(payload) > largestPayload) return;
    const sent = { guid: randomUUID(), event: name, payload };
    for (const { holder, hook } of receivers) send(holder, hook, sent);
  };
  const end = reportEvents(view, report);
  const idle = async () => {
    while (active.size > 0) await Promise.all(active);
  };
  return {
    idle,
    async close() {
      end();
      closing.abort();
      await idle();
    },
  };
}

/** Sends a payload, and updates the hook's last response. */
async function deliver(
  holder: WebhookHolder,
  hook: Webhook,
  sent: Sent,
  limits: { timeout: number; signal: AbortSignal },
): Promise<void> {
  const { url, insecureSsl } = hook;
  const body = deliveryBody(hook, sent.payload);
  const headers = deliveryHeaders(holder, hook, sent, body);
  try {
    const post = { url, headers, body, insecure: insecureSsl === "1", ...limits };
    const { status, statusCode } = await postPayload(post);
    const state = status === "OK" ? "active" : status === "timed out" ? "timeout" : "misconfigured";
    hook.lastResponse = { code: statusCode, status: state, message: status };
  } catch (error) {
    // Closing aborts deliveries, and nobody can ask about them later.
    if (!limits.signal.aborted) throw error;
  }
}
