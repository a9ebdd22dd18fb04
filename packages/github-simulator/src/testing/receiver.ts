import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  headers: IncomingMessage["headers"];
  body: string;
}

/** Receives webhooks like somebody's program. */
export interface Receiver {
  url: string;
  /** Oldest first. */
  received: Received[];
  /** Names of the received events, with their actions. */
  events(): string[];
  /** The status of the next answers; nothing: no answer at all. */
  answer: number | undefined;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
      if (receiver.answer === undefined) return;
      response.writeHead(receiver.answer, { "x-receiver": "test" }).end("taken");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    events: () =>
      received.map(({ headers, body }) => {
        const text = body.startsWith("{") ? body : (new URLSearchParams(body).get("payload") ?? "");
        const { action } = JSON.parse(text) as { action?: string };
        return [headers["x-github-event"], action].filter(Boolean).join(".");
      }),
    answer: 200,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
