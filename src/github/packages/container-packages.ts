import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

export interface ContainerPackage {
  readonly visibility: string;
  /** `owner/repository` that the package is linked to. */
  readonly repository: string | undefined;
}

const packageSchema = z.object({
  name: z.string(),
  visibility: z.string(),
  repository: z.object({ full_name: z.string() }).nullish(),
});

/**
 * @param name the image without its owner; may contain slashes
 * @returns `undefined` where there is no such package
 * @see https://docs.github.com/en/rest/packages/packages#get-a-package-for-an-organization
 */
export async function readPackage(
  github: GitHubClient,
  owner: string,
  name: string,
): Promise<ContainerPackage | undefined> {
  try {
    const route = `GET ${pathOf(owner)}/container/${encodeURIComponent(name)}`;
    const answer = await github.request(route);
    return toPackage(parseAnswer(packageSchema, answer.data, route));
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return undefined;
    throw error;
  }
}

/**
 * All container packages of an organisation by name; one request per hundred.
 *
 * @see https://docs.github.com/en/rest/packages/packages#list-packages-for-an-organization
 */
export async function listPackages(
  github: GitHubClient,
  owner: string,
): Promise<ReadonlyMap<string, ContainerPackage>> {
  const route = `GET ${pathOf(owner)}`;
  const pages = await github.paginate(route, { package_type: "container", per_page: 100 });
  const found = parseAnswer(z.array(packageSchema), pages, route);
  return new Map(found.map((each) => [each.name, toPackage(each)]));
}

function pathOf(owner: string): string {
  return `/orgs/${encodeURIComponent(owner)}/packages`;
}

function toPackage({ visibility, repository }: z.infer<typeof packageSchema>): ContainerPackage {
  return { visibility, repository: repository?.full_name };
}
