import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { RunPlace } from "./ci-runs.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

/**
 * Why pushes to a repository start no run of a workflow, where its settings say so.
 *
 * @param file name of the workflow file: `ci.yml`
 * @see https://docs.github.com/en/rest/actions/workflows#get-a-workflow
 * @see https://docs.github.com/en/rest/actions/permissions#get-github-actions-permissions-for-a-repository
 */
export async function whyNoRuns(
  github: GitHubClient,
  { owner, repository: repo }: RunPlace,
  file: string,
): Promise<string | undefined> {
  const workflow = "GET /repos/{owner}/{repo}/actions/workflows/{file}";
  const permissions = "GET /repos/{owner}/{repo}/actions/permissions";
  const enabled = await read(
    github,
    permissions,
    { owner, repo },
    z.object({ enabled: z.boolean() }),
  );
  if (enabled?.enabled === false) {
    return "GitHub Actions is off in this repository: switch it on in its settings, under Actions";
  }
  const found = await read(
    github,
    workflow,
    { owner, repo, file },
    z.object({ state: z.string() }),
  );
  return found?.state.startsWith("disabled")
    ? `${file} is ${found.state.replace("_", " ")} in this repository: enable it on its Actions page`
    : undefined;
}

async function read<T extends z.ZodType>(
  github: GitHubClient,
  route: string,
  place: { owner: string; repo: string; file?: string },
  schema: T,
): Promise<z.output<T> | undefined> {
  try {
    return parseAnswer(schema, (await github.request(route, place)).data, route);
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return undefined;
    throw error;
  }
}
