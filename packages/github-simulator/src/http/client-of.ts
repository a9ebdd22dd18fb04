import type { Context } from "hono";
import type { Client } from "../world/actor.ts";

/** What the server sees of the other end, past every header that the client could invent. */
export function clientOf(c: Context): Client {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return {
    address: incoming?.socket?.remoteAddress?.replace(/^::ffff:/, ""),
    userAgent: c.req.header("user-agent"),
  };
}
