import type { Fleet } from "../fleet/fleet.ts";
import type { GitHubApp } from "../github/client/github-app.ts";
import type { Connection } from "../github/client/load-connection.ts";
import type { GitHubClient } from "../github/client/github-client.ts";
import { reachedRepositories, readInstallation } from "../github/tokens/read-installation.ts";
import { UserError } from "../user-error.ts";
import { isSameName } from "../is-same-name.ts";

/**
 * Public repositories can be read without an installation, so a plan alone would not show that it lacks one;
 * and without any repository, each entry of the fleet would seem to be wrong.
 *
 * @param github a client of this App
 * @param owner the fleet's
 * @returns to be called with the fleet; throws a {UserError} where the App is not installed on each repository of it, and on its central one
 * @throws {UserError} the App is installed on another account, or on no repository
 */
export async function assertInstallation(
  github: GitHubClient,
  app: GitHubApp,
  owner: string,
): Promise<(fleet: Pick<Fleet, "repositories" | "shared">) => void> {
  const installation = await readInstallation(github, app);
  if (!isSameName(installation.owner, owner)) {
    throw new UserError(
      `the installation ${app.installationId} of the App ${app.id} is on ${installation.owner}, and the fleet is ${owner}'s: install the App there, and set GITHUB_APP_INSTALLATION_ID to that installation`,
    );
  }
  if (installation.repositories === "all") return () => undefined;
  const reached = await reachedRepositories(github);
  const add = `add the repositories, or all of them, on ${installation.page}`;
  if (reached.size === 0) {
    throw new UserError(`the App ${app.id} is installed on no repository of ${owner}: ${add}`);
  }
  return ({ repositories, shared }) => {
    const written = [
      ...repositories.map(({ name }) => name),
      ...(shared ? [shared.repository] : []),
    ];
    const missing = written.filter((name) => !reached.has(name.toLowerCase()));
    if (missing.length === 0) return;
    const names = [...new Set(missing)].join(", ");
    throw new UserError(`the App ${app.id} is not installed on ${names}: ${add}`);
  };
}

/**
 * Reads a fleet, where a failure may come from an App that is installed nowhere: the entries would seem to be wrong.
 *
 * @throws {UserError} as {@link assertInstallation}; otherwise as `read`
 */
export async function explainInstallation<T>(
  github: GitHubClient,
  connection: Connection,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (connection.tokenFrom === "app" && error instanceof UserError) {
      await assertInstallation(github, connection.token, connection.owner);
    }
    throw error;
  }
}
