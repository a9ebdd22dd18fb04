import { createMiddleware } from "hono/factory";
import { ApiError } from "./api-error.ts";
import type { Env } from "./env.ts";

/** https://docs.github.com/en/rest/about-the-rest-api/api-versions */
const supported = ["2022-11-28", "2026-03-10"];

export const apiVersion = createMiddleware<Env>(async (c, next) => {
  const asked = c.req.header("x-github-api-version") ?? "2022-11-28";
  if (!supported.includes(asked)) {
    throw new ApiError(400, `${asked} is not a supported version of the GitHub API`);
  }
  await next();
  c.header("X-GitHub-Api-Version-Selected", asked);
  c.header("X-GitHub-Media-Type", "github.v3; format=json");
});
