import type { RequestParameters } from "@octokit/core/types";
import { type z } from "zod";
import { UserError } from "../../user-error.ts";
import type { GitHubClient } from "./github-client.ts";

/**
 * Sends a request, and parses its answer.
 *
 * @throws {UserError} the answer has another shape
 */
export async function readAnswer<T extends z.ZodType>(
  github: GitHubClient,
  schema: T,
  route: string,
  parameters: RequestParameters = {},
): Promise<z.output<T>> {
  return parseAnswer(schema, (await github.request(route, parameters)).data, route);
}

/**
 * Parses an answer by its API's schema. A proxy's page with status 200 or an incomplete answer fails here,
 * and not as `undefined` elsewhere.
 *
 * @param what the request, e.g. `GET /user`
 * @throws {UserError} the answer has another shape
 */
export function parseAnswer<T extends z.ZodType>(
  schema: T,
  data: unknown,
  what: string,
): z.output<T> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: "" };
  const where = path.length > 0 ? ` at ${path.join(".")}` : "";
  throw new UserError(
    `the answer to ${what} is not what GitHub's API describes${where} (${message}); ` +
      "check that github:baseUrl is a GitHub API and that no proxy answers in its place",
  );
}
