import type { Context } from "hono";

/** From where, and with what program, a request came. */
export interface Client {
  /** IP address of the other end; absent where there is no socket. */
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
}

/** What the server sees of the other end, past every header that the client could invent. */
export function clientOf(c: Context): Client {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return {
    address: incoming?.socket?.remoteAddress?.replace(/^::ffff:/, ""),
    userAgent: c.req.header("user-agent"),
  };
}
