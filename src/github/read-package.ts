import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { GitHubClient } from "./github-client.ts";
import { parseAnswer } from "./parse-answer.ts";

export interface ContainerPackage {
  readonly visibility: string;
  /** `owner/repository` that the package is linked to. */
  readonly repository: string | undefined;
}

const packageSchema = z.object({
  visibility: z.string(),
  repository: z.object({ full_name: z.string() }).nullish(),
});

/**
 * @param name the image without its owner; may hold slashes
 * @returns `undefined` where there is no such package
 * @see https://docs.github.com/en/rest/packages/packages#get-a-package-for-an-organization
 */
export async function readPackage(
  github: GitHubClient,
  owner: string,
  name: string,
): Promise<ContainerPackage | undefined> {
  try {
    const path = `/orgs/${encodeURIComponent(owner)}/packages/container/${encodeURIComponent(name)}`;
    const route = `GET ${path}`;
    const found = parseAnswer(packageSchema, (await github.request(route)).data, route);
    return { visibility: found.visibility, repository: found.repository?.full_name };
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return undefined;
    throw error;
  }
}
