import type { Fleet } from "../fleet/fleet.ts";
import type { GitHubApp } from "../github/client/github-app.ts";
import type { GitHubClient } from "../github/client/github-client.ts";
import { reachedRepositories, readInstallation } from "../github/tokens/read-installation.ts";
import { UserError } from "../user-error.ts";

/**
 * Public repositories can be read without an installation, so a plan alone would not show that it lacks one.
 *
 * @param github a client of this App
 * @throws {UserError} the App is installed on another account, or not on each repository of the fleet
 */
export async function assertInstallation(
  github: GitHubClient,
  app: GitHubApp,
  { owner, repositories }: Pick<Fleet, "owner" | "repositories">,
): Promise<void> {
  const installation = await readInstallation(github, app);
  if (installation.owner.toLowerCase() !== owner.toLowerCase()) {
    throw new UserError(
      `the installation ${app.installationId} of the App ${app.id} is on ${installation.owner}, and the fleet is ${owner}'s: install the App there, and set GITHUB_APP_INSTALLATION_ID to that installation`,
    );
  }
  if (installation.repositories === "all") return;
  const reached = await reachedRepositories(github);
  const missing = repositories.filter(({ name }) => !reached.has(name.toLowerCase()));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(", ");
  throw new UserError(
    `the App ${app.id} is not installed on ${names}: add the repositories, or all of them, on ${installation.page}`,
  );
}
