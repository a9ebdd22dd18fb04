import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

/** A manifest of a container package. */
export interface PackageVersion {
  /** `sha256:…` */
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt: string;
  /** Its page, where GitHub gives one. */
  readonly url: string | undefined;
}

const versionsSchema = z.array(
  z.object({
    name: z.string(),
    created_at: z.string(),
    html_url: z.string().optional(),
    metadata: z.object({ container: z.object({ tags: z.array(z.string()) }) }),
  }),
);

/**
 * The tagged images among the newest hundred manifests of a package, newest first. Most manifests have no
 * tag: those of single platforms, and attestations.
 *
 * @param name the image without its owner; may contain slashes
 * @returns none where there is no such package
 * @see https://docs.github.com/en/rest/packages/packages#list-package-versions-for-a-package-owned-by-an-organization
 */
export async function readTaggedVersions(
  github: GitHubClient,
  owner: string,
  name: string,
): Promise<PackageVersion[]> {
  const route = "GET /orgs/{org}/packages/container/{name}/versions";
  try {
    const answer = await github.request(route, { org: owner, name, per_page: 100 });
    return parseAnswer(versionsSchema, answer.data, route)
      .map(({ name: digest, created_at: pushedAt, html_url: url, metadata }) => ({
        digest,
        tags: metadata.container.tags,
        pushedAt,
        url,
      }))
      .filter(({ tags }) => tags.length > 0)
      .sort((a, b) => Date.parse(b.pushedAt) - Date.parse(a.pushedAt));
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return [];
    throw error;
  }
}
