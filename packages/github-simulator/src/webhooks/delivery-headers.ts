import { createHmac } from "node:crypto";
import type { Webhook } from "../world/state/webhook.ts";
import type { WebhookHolder } from "../world/webhooks.ts";

/**
 * The headers of a payload; with signatures of the exact body if the hook has a secret.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
 */
export function deliveryHeaders(
  holder: WebhookHolder,
  hook: Webhook,
  { event, guid }: { event: string; guid: string },
  body: string,
): Record<string, string> {
  const { contentType, secret } = hook;
  const sign = (algorithm: string) =>
    `${algorithm}=${createHmac(algorithm, secret ?? "")
      .update(body)
      .digest("hex")}`;
  return {
    Accept: "*/*",
    "Content-Type":
      contentType === "json" ? "application/json" : "application/x-www-form-urlencoded",
    "User-Agent": "GitHub-Hookshot/0000000",
    "X-GitHub-Delivery": guid,
    "X-GitHub-Event": event,
    "X-GitHub-Hook-ID": String(hook.id),
    "X-GitHub-Hook-Installation-Target-ID": String(holder.id),
    "X-GitHub-Hook-Installation-Target-Type": "objects" in holder ? "repository" : "organization",
    ...(secret !== null && {
      "X-Hub-Signature": sign("sha1"),
      "X-Hub-Signature-256": sign("sha256"),
    }),
  };
}

/** https://docs.github.com/en/webhooks/using-webhooks/creating-webhooks (`content_type`) */
export function deliveryBody({ contentType }: Webhook, payload: string): string {
  return contentType === "json" ? payload : String(new URLSearchParams({ payload }));
}
