import { createMiddleware } from "hono/factory";
import { notFound } from "./api-error.ts";
import type { Env } from "./env.ts";
import { rewriteJson } from "./rewrite-json.ts";

/** GitHub's description of this version is in @octokit/openapi. */
const version = "3.19.0";

/** The routes of the simulator that an Enterprise Server of this version does not have. */
const absent = [
  /^\/credentials\//,
  /^\/orgs\/[^/]+\/invitations(?:\/|$)/,
  /^\/repos\/[^/]+\/[^/]+\/automated-security-fixes$/,
];

/**
 * The API of a GitHub Enterprise Server: below `/api/v3` and at `/api/graphql` only, and with links to its own pages.
 *
 * @param web the server's address, without a slash at the end
 * @see https://docs.github.com/en/enterprise-server@latest/rest/quickstart
 */
export function enterpriseServer(web: string) {
  return createMiddleware<Env>(async (c, next) => {
    const { pathname } = new URL(c.req.url);
    const isApi = /^\/api\/(?:v3(?:\/|$)|graphql$)/.test(pathname);
    // What the simulator adds is served outside of the API.
    const isOwn = /^\/_/.test(pathname);
    if (!isOwn && (!isApi || absent.some((route) => route.test(c.req.path)))) throw notFound();
    await next();
    c.header("X-GitHub-Enterprise-Version", version);
    const withLinks = (_: string, value: unknown) => linkOn(web, value);
    await rewriteJson(c, (text) => JSON.stringify(JSON.parse(text, withLinks)));
  });
}

/** Links are whole values; texts that contain addresses stay as they are. */
function linkOn(web: string, value: unknown): unknown {
  return typeof value === "string" && /^https:\/\/github\.com\/\S*$/.test(value)
    ? value.replace("https://github.com", web)
    : value;
}
