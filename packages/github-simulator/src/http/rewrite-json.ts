import type { ApiContext } from "./env.ts";

/** Changes an answer that is JSON, and no other one. */
export async function rewriteJson(c: ApiContext, change: (text: string) => string): Promise<void> {
  const isJson = (c.res.headers.get("content-type") ?? "").includes("json");
  if (!isJson || c.res.body === null) return;
  const { status, headers } = c.res;
  c.res = new Response(change(await c.res.text()), { status, headers });
}
