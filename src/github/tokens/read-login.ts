import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { isLimit } from "../client/explain-failure.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

/**
 * The login of the person whose token a client has.
 *
 * @returns `undefined` for the token of an App or job, and without a token
 * @see https://docs.github.com/en/rest/users/users#get-the-authenticated-user
 */
export async function readLogin(github: GitHubClient): Promise<string | undefined> {
  const route = "GET /user";
  try {
    const { data } = await github.request(route);
    return parseAnswer(z.object({ login: z.string() }), data, route).login;
  } catch (error) {
    const isRefused = error instanceof RequestError && [401, 403].includes(error.status);
    if (isRefused && !isLimit(error)) return undefined;
    throw error;
  }
}
