import { request as requestPlain, type IncomingMessage } from "node:http";
import { request as requestSecure } from "node:https";
import type { WebhookDelivery } from "../world/state/webhook.ts";

export interface Post {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Whether every certificate is accepted. */
  insecure: boolean;
  /** Milliseconds after which it counts as failed. */
  timeout: number;
  signal: AbortSignal;
}

type Outcome = Pick<WebhookDelivery, "status" | "statusCode" | "response">;

/**
 * Sends a payload; redirects are not followed, and no socket stays open. Only loopback addresses are
 * used: a program that is tested here must not call real hooks.
 * @throws if the signal aborts
 */
export async function postPayload(post: Post): Promise<Outcome> {
  const url = new URL(post.url);
  if (!isLoopback(url.hostname)) return failed(502, "failed to connect to host");
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), post.timeout);
  try {
    return await send(url, post, AbortSignal.any([post.signal, late.signal]));
  } catch (error) {
    if (post.signal.aborted) throw error;
    return late.signal.aborted
      ? failed(504, "timed out")
      : failed(502, "failed to connect to host");
  } finally {
    clearTimeout(timer);
  }
}

async function send(url: URL, { headers, body, insecure }: Post, signal: AbortSignal) {
  const secure = url.protocol === "https:";
  const options = { method: "POST", headers: { ...headers }, agent: false as const, signal };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = secure
      ? requestSecure(url, { ...options, rejectUnauthorized: !insecure }, resolve)
      : requestPlain(url, options, resolve);
    sent.on("error", reject);
    sent.end(body);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const statusCode = answer.statusCode ?? 0;
  const isFine = statusCode >= 200 && statusCode < 400;
  return {
    // "The data for a failed delivery will have a status value that is not OK":
    // https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries
    status: isFine ? "OK" : `Invalid HTTP Response: ${statusCode}`,
    statusCode,
    response: {
      headers: Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
      ),
      payload: Buffer.concat(chunks).toString("utf8"),
    },
  };
}

function failed(statusCode: number, status: string): Outcome {
  return { status, statusCode, response: { headers: null, payload: null } };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}
