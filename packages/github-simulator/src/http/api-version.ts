import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { ApiError } from "./api-error.ts";
import type { Env } from "./env.ts";
import { rewriteJson } from "./rewrite-json.ts";

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

/**
 * @param supported versions, the default one first
 * @see https://docs.github.com/en/rest/about-the-rest-api/api-versions
 */
export function apiVersion(supported: readonly string[]) {
  return createMiddleware<Env>(async (c, next) => {
    const asked = c.req.header("x-github-api-version") ?? supported[0] ?? "";
    if (!supported.includes(asked)) {
      throw new ApiError(400, `${asked} is not a supported version of the GitHub API`);
    }
    await next();
    c.header("X-GitHub-Api-Version-Selected", asked);
    c.header("X-GitHub-Media-Type", "github.v3; format=json");
    if (!isNewVersion(c) || c.req.path === "/graphql") return;
    await rewriteJson(c, (text) => JSON.stringify(withoutRemoved(JSON.parse(text))));
  });
}

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
