import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { ApiError } from "./api-error.ts";
import type { Env } from "./env.ts";

/** https://docs.github.com/en/rest/about-the-rest-api/api-versions */
const supported = ["2022-11-28", "2026-03-10"];

/**
 * Fields of answers that the newer version does not have any more.
 * https://docs.github.com/en/rest/about-the-rest-api/breaking-changes?apiVersion=2026-03-10
 */
const removed: readonly string[] = [
  "assignee",
  "authorizations_url",
  "has_downloads",
  "merge_commit_sha",
  "rate",
  "use_squash_pr_title_as_default",
];

export const apiVersion = createMiddleware<Env>(async (c, next) => {
  const asked = c.req.header("x-github-api-version") ?? "2022-11-28";
  if (!supported.includes(asked)) {
    throw new ApiError(400, `${asked} is not a supported version of the GitHub API`);
  }
  await next();
  c.header("X-GitHub-Api-Version-Selected", asked);
  c.header("X-GitHub-Media-Type", "github.v3; format=json");
  const isJson = (c.res.headers.get("content-type") ?? "").includes("json");
  if (!isNewVersion(c) || !isJson || c.res.body === null || c.req.path === "/graphql") return;
  const { status, headers } = c.res;
  c.res = new Response(JSON.stringify(withoutRemoved(await c.res.json())), { status, headers });
});

/** Whether the client asks for the version with the breaking changes of 2026. */
export function isNewVersion(c: Pick<Context, "req">): boolean {
  return c.req.header("x-github-api-version") === "2026-03-10";
}

function withoutRemoved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRemoved);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !removed.includes(key))
      // The names of custom properties are the organisation's.
      .map(([key, item]) => [key, key === "custom_properties" ? item : withoutRemoved(item)]),
  );
}
