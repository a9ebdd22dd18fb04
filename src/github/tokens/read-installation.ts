import { z } from "zod";
import { explaining } from "../client/explain-failure.ts";
import type { GitHubApp } from "../client/github-app.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { readAnswer } from "../client/parse-answer.ts";

const installationSchema = z
  .object({
    app_slug: z.string(),
    account: z.object({ login: z.string() }),
    repository_selection: z.enum(["all", "selected"]),
    permissions: z.record(z.string(), z.string()),
    html_url: z.string(),
  })
  .transform((found) => ({
    slug: found.app_slug,
    /** Login of the account that it is installed on. */
    owner: found.account.login,
    repositories: found.repository_selection,
    /** GitHub's names to `read` or `write`. */
    permissions: found.permissions,
    /** Where its owner changes its repositories, and accepts permissions that the App asks for. */
    page: found.html_url,
  }));

/** What an owner granted to an App. */
export type Installation = Readonly<z.output<typeof installationSchema>>;

/**
 * @param github a client of this App
 * @throws {UserError} GitHub does not accept the App, or has no such installation
 * @see https://docs.github.com/en/rest/apps/apps#get-an-installation-for-the-authenticated-app
 */
export function readInstallation(
  github: GitHubClient,
  { id, installationId }: GitHubApp,
): Promise<Installation> {
  const route = "GET /app/installations/{installation_id}";
  return explaining(`read the installation ${installationId} of the App ${id}`, () =>
    readAnswer(github, installationSchema, route, { installation_id: Number(installationId) }),
  );
}

/**
 * Names of the owner's repositories, in lower case, that the installation reaches.
 *
 * @see https://docs.github.com/en/rest/apps/installations#list-repositories-accessible-to-the-app-installation
 */
export async function reachedRepositories(github: GitHubClient): Promise<ReadonlySet<string>> {
  return explaining("list the repositories of the App's installation", async () => {
    const found = await github.paginate("GET /installation/repositories", { per_page: 100 });
    return new Set(found.map(({ name }) => name.toLowerCase()));
  });
}
