import { createMiddleware } from "hono/factory";
import type { Env } from "./env.ts";
import { rewriteJson } from "./rewrite-json.ts";

/**
 * Makes every link name the host that the client called, like behind a proxy. Clients send their token
 * only to the host that they know, and follow links to other hosts without it.
 * @param url the simulator's own address, with which all answers are written
 */
export function calledHost(url: string) {
  return createMiddleware<Env>(async (c, next) => {
    await next();
    const { origin } = new URL(c.req.url);
    if (origin === url) return;
    for (const name of ["link", "location"]) {
      const value = c.res.headers.get(name);
      if (value !== null) c.header(name, value.replaceAll(`${url}/`, `${origin}/`));
    }
    await rewriteJson(c, (text) => text.replaceAll(`${url}/`, `${origin}/`));
  });
}
