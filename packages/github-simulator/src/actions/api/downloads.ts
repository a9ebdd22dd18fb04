import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { ActionsHost } from "../host/actions-host.ts";

/** Files that the API answers with a redirect. */
export interface Downloads {
  readonly routes: Hono;
  /** @returns an address that serves the file, as GitHub's blob storage does, without a token */
  offer(contentType: string, content: string | Uint8Array): string;
}

export function createDownloads(host: ActionsHost): Downloads {
  const files = new Map<string, { contentType: string; content: string | Uint8Array }>();
  const routes = new Hono();
  routes.get("/_actions/downloads/:id", (c) => {
    const file = files.get(c.req.param("id"));
    if (file === undefined) return c.text("not found", 404);
    const body = typeof file.content === "string" ? file.content : Buffer.from(file.content);
    return c.body(body, 200, { "content-type": file.contentType });
  });
  return {
    routes,
    offer(contentType, content) {
      const id = randomUUID();
      files.set(id, { contentType, content });
      return `${host.apiUrl}/_actions/downloads/${id}`;
    },
  };
}
