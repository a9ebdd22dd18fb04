import { once } from "node:events";
import { request as requestPlain, type IncomingMessage } from "node:http";
import { request as requestSecure } from "node:https";

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

interface Outcome {
  /** `OK`, or why it failed. */
  status: string;
  statusCode: number;
}

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

async function send(
  url: URL,
  { headers, body, insecure }: Post,
  signal: AbortSignal,
): Promise<Outcome> {
  const secure = url.protocol === "https:";
  const options = { method: "POST", headers: { ...headers }, agent: false as const, signal };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = secure
      ? requestSecure(url, { ...options, rejectUnauthorized: !insecure }, resolve)
      : requestPlain(url, options, resolve);
    sent.on("error", reject);
    sent.end(body);
  });
  await once(answer.resume(), "end", { signal });
  const statusCode = answer.statusCode ?? 0;
  const isFine = statusCode >= 200 && statusCode < 400;
  return {
    // "The data for a failed delivery will have a status value that is not OK":
    // https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries
    status: isFine ? "OK" : `Invalid HTTP Response: ${statusCode}`,
    statusCode,
  };
}

function failed(statusCode: number, status: string): Outcome {
  return { status, statusCode };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}
