import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { readAnswer } from "../client/parse-answer.ts";
import { unlessMissing } from "../client/unless-refused.ts";
import type { RunPlace } from "./workflow-runs.ts";

const permissionsSchema = z.object({ enabled: z.boolean() });
const workflowSchema = z.object({ state: z.string() });

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
  const permissions = await unlessMissing(() =>
    readAnswer(github, permissionsSchema, "GET /repos/{owner}/{repo}/actions/permissions", {
      owner,
      repo,
    }),
  );
  if (permissions?.enabled === false) {
    return "GitHub Actions is off in this repository: switch it on in its settings, under Actions";
  }
  const route = "GET /repos/{owner}/{repo}/actions/workflows/{file}";
  const workflow = await unlessMissing(() =>
    readAnswer(github, workflowSchema, route, { owner, repo, file }),
  );
  return workflow?.state.startsWith("disabled")
    ? `${file} is ${workflow.state.replace("_", " ")} in this repository: enable it on its Actions page`
    : undefined;
}
