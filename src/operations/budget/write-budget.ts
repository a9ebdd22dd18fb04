import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { WriteKind, WritePace } from "../../github/client/pace/write-pace.ts";

/** GitHub's budget for writes, shared by the providers of all stacks. */
export interface WriteBudget {
  /** Where a provider asks for its turn; the address is secret. */
  readonly url: string;
  /** How many writes were allowed so far. */
  granted(): number;
  close(): Promise<void>;
}

export interface WriteBudgetOptions {
  readonly pace: WritePace;
  readonly now: () => number;
  /** Called for a wait that is long enough to be reported, in milliseconds. */
  readonly onLongWait: (milliseconds: number) => void;
}

interface Turn {
  readonly kind: WriteKind;
  readonly response: ServerResponse;
}

/** A request that waits longer is answered with "ask again", before its client times out. */
const longestAnswer = 30_000;
const longWait = 10_000;

/**
 * Grants writes one at a time, over HTTP on the loopback interface: `POST` is answered with 204 when the
 * client may write, and with 202 when it has to ask again.
 */
export async function startWriteBudget(options: WriteBudgetOptions): Promise<WriteBudget> {
  const { pace, now, onLongWait } = options;
  const path = `/${randomUUID()}`;
  const queue: Turn[] = [];
  let granted = 0;
  let timer: NodeJS.Timeout | undefined;
  let isReported = false;

  function next(): void {
    clearTimeout(timer);
    const [turn] = queue;
    if (!turn) return;
    const wait = pace.waitFor(turn.kind, now());
    if (wait > 0) {
      if (wait > longWait && !isReported) onLongWait(wait);
      isReported = wait > longWait;
      timer = setTimeout(next, Math.min(wait, 1000));
      return;
    }
    isReported = false;
    queue.shift();
    pace.count(turn.kind, now());
    granted += 1;
    turn.response.writeHead(204).end();
    next();
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (request.method !== "POST" || pathname !== path) {
      response.writeHead(404).end();
      return;
    }
    const kind = searchParams.get("kind") === "content" ? "content" : "write";
    const turn = { kind, response } as const;
    const leave = () => {
      const index = queue.indexOf(turn);
      if (index >= 0) queue.splice(index, 1);
      return index >= 0;
    };
    const timeout = setTimeout(() => {
      if (leave()) response.writeHead(202).end();
    }, longestAnswer);
    response.once("close", () => {
      clearTimeout(timeout);
      leave();
    });
    queue.push(turn);
    next();
  }

  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    granted: () => granted,
    close() {
      clearTimeout(timer);
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
