import type { Fleet } from "../fleet/fleet.ts";
import type { z } from "zod";
import type { FleetConfig, fleetConfigSchema } from "../fleet/fleet-config.ts";
import { loadFleetConfig } from "../fleet/load-fleet-config.ts";
import { resolveFleet } from "../fleet/resolve-fleet.ts";
import {
  namedRepositories,
  selectRepositories,
  type Selection,
} from "../fleet/selection/select-repositories.ts";
import type { FleetInFile } from "../fleet/read-fleet-config.ts";
import { selectionNeeds } from "../fleet/selection/selectors.ts";
import { listed } from "../format-text.ts";
import { findRepositories } from "../github/repositories/find-repositories.ts";
import { createGitHubClient, type GitHubClient } from "../github/client/github-client.ts";
import { inFile, UsageError } from "../user-error.ts";
import type { Connection } from "../github/client/load-connection.ts";
import { explainInstallation } from "./assert-installation.ts";
import type { OpenStack } from "./open-stack.ts";

/**
 * The fleet that the configuration describes now: its names and other selectors become repositories.
 *
 * @throws {UsageError} a named repository or a team does not exist, nothing is left of what is selected, or a
 *   setting does not exist for the kind of owner
 * @throws {UserError} GitHub refuses the token or cannot be reached
 */
export async function findFleet(
  github: GitHubClient,
  owner: string,
  settings: FleetConfig | FleetInFile,
): Promise<Fleet> {
  const names = namedRepositories(settings);
  const found = await findRepositories(
    github,
    owner,
    names ?? selectionNeeds(settings.repositories),
  ).catch((error: unknown) => {
    throw inFileOf(settings, error);
  });
  const [first] = found;
  return inFleetFile(settings, () => {
    const selection = selectRepositories(settings, first?.owner ?? owner, found);
    if (!first) throw new Error("a selection from no repositories should have been refused");
    if (selection.selected.length === 0) throw new UsageError(emptySelection(selection));
    // In GitHub's spelling, because labels and links are compared as text.
    const account = { host: github.host, owner: first.owner, ownerKind: first.ownerKind };
    return resolveFleet(settings, account, selection);
  });
}

/** The fleet of a stack. Where an entry matches nothing because the App is installed nowhere, the error says that. */
export function findStackFleet(
  github: GitHubClient,
  { connection, settings }: Pick<OpenStack, "connection" | "settings">,
): Promise<Fleet> {
  return explainInstallation(github, connection, () =>
    findFleet(github, connection.owner, settings),
  );
}

/**
 * Runs what judges the settings of a fleet; its errors name the file that has the settings.
 *
 * @throws {ConfigurationError} the settings do not fit what GitHub has
 */
export function inFleetFile<T>(settings: FleetConfig | FleetInFile, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw inFileOf(settings, error);
  }
}

function inFileOf(settings: FleetConfig | FleetInFile, error: unknown): unknown {
  return "file" in settings ? inFile(settings.file, error) : error;
}

function emptySelection({ skipped }: Selection): string {
  const left = skipped.map(({ name, reason }) => `${name} (${reason})`);
  const why =
    left.length > 0
      ? `${listed(left)} ${left.length === 1 ? "is" : "are"} left out`
      : "exclude has all of them";
  return `fleet.repositories: no repository is left of those that the entries select: ${why}; select another one, or narrow exclude`;
}

/**
 * The fleet that settings in the form of `ghcr-fleet:fleet` describe, for your own programs.
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
