import { createHash } from "node:crypto";
import { createMiddleware } from "hono/factory";
import type { Env } from "./env.ts";
import { readsOnly } from "./reads-only.ts";

/**
 * Gives every answer to a GET or HEAD an ETag, different for each token, and answers 304 if the client has it.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
 */
export const conditional = createMiddleware<Env>(async (c, next) => {
  await next();
  if (!readsOnly(c.req.method) || c.res.status !== 200) return;
  const { actor } = c.var;
  const body = Buffer.from(await c.res.clone().arrayBuffer());
  const etag = `W/"${createHash("sha256")
    .update(actor.kind === "anonymous" ? "" : actor.hashedToken)
    .update(c.req.header("accept") ?? "")
    .update(body)
    .digest("hex")}"`;
  const known = (c.req.header("if-none-match") ?? "").split(/\s*,\s*/);
  if (known.includes(etag) || known.includes(etag.slice(2))) {
    const { headers } = c.res;
    headers.delete("content-type");
    c.res = new Response(null, { status: 304, headers });
  }
  c.header("ETag", etag);
  c.header("Cache-Control", "private, max-age=60, s-maxage=60");
  c.header("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP");
});
