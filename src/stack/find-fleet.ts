import type { Fleet } from "../fleet/fleet.ts";
import type { z } from "zod";
import type { FleetConfig, fleetConfigSchema } from "../fleet/fleet-config.ts";
import { loadFleetConfig } from "../fleet/load-fleet-config.ts";
import { resolveFleet } from "../fleet/resolve-fleet.ts";
import { namedRepositories, selectRepositories } from "../fleet/select-repositories.ts";
import { selectionNeeds } from "../fleet/selectors.ts";
import { findRepositories } from "../github/repositories/find-repositories.ts";
import { createGitHubClient, type GitHubClient } from "../github/client/github-client.ts";
import type { Connection } from "../github/client/load-connection.ts";

/**
 * The fleet that the configuration describes now: its names and other selectors become repositories.
 *
 * @throws {UserError} GitHub refuses the token or cannot be reached, a named repository does not exist, or
 *   a setting does not exist for the kind of owner
 */
export async function findFleet(
  github: GitHubClient,
  owner: string,
  settings: FleetConfig,
): Promise<Fleet> {
  const names = namedRepositories(settings);
  const found = await findRepositories(
    github,
    owner,
    names ?? selectionNeeds(settings.repositories),
  );
  const [first] = found;
  const selection = selectRepositories(settings, first?.owner ?? owner, found);
  if (!first) throw new Error("a selection from no repositories should have been refused");
  // In GitHub's spelling, because labels and links are compared as text.
  const account = { host: github.host, owner: first.owner, ownerKind: first.ownerKind };
  return resolveFleet(settings, account, selection);
}

/**
 * The fleet that settings such as those of `ghcr-fleet:fleet` describe, for programs of one's own.
 *
 * @throws {UserError} the settings are wrong, GitHub refuses the token or cannot be reached, or a named
 *   repository does not exist
 */
export function loadFleet(
  settings: z.input<typeof fleetConfigSchema>,
  connection: Connection,
): Promise<Fleet> {
  return findFleet(createGitHubClient(connection), connection.owner, loadFleetConfig(settings));
}
