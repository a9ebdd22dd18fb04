import { createMiddleware } from "hono/factory";
import type { Env } from "./env.ts";

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
    const isJson = (c.res.headers.get("content-type") ?? "").includes("json");
    if (!isJson || c.res.body === null) return;
    const { status, headers } = c.res;
    const text = await c.res.text();
    c.res = new Response(text.replaceAll(`${url}/`, `${origin}/`), { status, headers });
  });
}
