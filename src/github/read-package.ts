import { RequestError } from "@octokit/request-error";
import type { GitHubClient } from "./github-client.ts";

export interface ContainerPackage {
  readonly visibility: string;
  /** `owner/repository` that the package is linked to. */
  readonly repository: string | undefined;
  readonly versions: number;
}

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
    const { data } = await github.request(`GET ${path}`);
    return {
      visibility: String(data.visibility),
      repository: data.repository?.full_name,
      versions: Number(data.version_count),
    };
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return undefined;
    throw error;
  }
}
