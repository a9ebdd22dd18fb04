import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

const viewerSchema = z.object({ viewer: z.object({ login: z.string() }) });

/**
 * The login of a token: its owner's, or `github-actions[bot]` for the token of a job. REST returns it only
 * for the tokens of people.
 */
export async function readOwnLogin(github: GitHubClient): Promise<string> {
  const answer: unknown = await github.query("query Viewer { viewer { login } }");
  return parseAnswer(viewerSchema, answer, "the query for the token's login").viewer.login;
}
