import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

const viewerSchema = z.object({ viewer: z.object({ login: z.string() }) });

/**
 * The login that a token acts as: that of its owner, or `github-actions[bot]` for the token of a job,
 * which REST tells only the tokens of people.
 */
export async function readOwnLogin(github: GitHubClient): Promise<string> {
  const answer: unknown = await github.query("query Viewer { viewer { login } }");
  return parseAnswer(viewerSchema, answer, "who the token belongs to").viewer.login;
}
