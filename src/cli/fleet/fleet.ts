import {
  explainSelection,
  unmatchedSelectors,
  type ExplainedRepository,
} from "../../fleet/selection/explain-selection.ts";
import { selectionNeeds } from "../../fleet/selection/selectors.ts";
import { createGitHubClient } from "../../github/client/github-client.ts";
import { findRepositories } from "../../github/repositories/find-repositories.ts";
import { explainInstallation } from "../../stack/assert-installation.ts";
import { inFleetFile } from "../../stack/find-fleet.ts";
import { UserError } from "../../user-error.ts";
import { forEachStack } from "../stacks/for-each-stack.ts";
import { commandPlace, commandStacks, openCommandStacks } from "../stacks/open-command-stacks.ts";
import { withProgress } from "../terminal/with-progress.ts";
import { printStacks } from "../terminal/write-output.ts";
import { fleetText, type StackFleet } from "./print-fleet.ts";

export interface FleetCommand {
  readonly json?: boolean;
  readonly out?: boolean;
}

/**
 * `ghcr-fleet fleet`: all repositories of the owners, which of them are in the stacks' fleets, and why.
 * A stack that cannot be read does not stop the others.
 *
 * @throws {UserError} a stack cannot be read; thrown when the others are printed
 */
export async function fleet(names: readonly string[], { json, out }: FleetCommand): Promise<void> {
  const place = await commandPlace(process.cwd());
  const fleets: StackFleet[] = [];
  const error = await forEachStack(await commandStacks(place, names), async (name) => {
    for (const { settings, connection } of await openCommandStacks(place, [name])) {
      const { owner } = connection;
      // Also where the configuration only has names: the others of the owner are listed as not in it.
      const needs = selectionNeeds(settings.repositories);
      const github = createGitHubClient(connection);
      const { first, found, repositories } = await explainInstallation(
        github,
        connection,
        async () => {
          const found = await withProgress(`${name}: finding the repositories`, () =>
            findRepositories(github, owner, needs),
          );
          const [first] = found;
          if (!first)
            throw new UserError(`${owner} has no repository that the admin token may see`);
          const repositories = inFleetFile(settings, () =>
            explainSelection(settings, { ...first, host: github.host }, found),
          );
          return { first, found, repositories };
        },
      );
      const isShown = ({ settings: own }: ExplainedRepository) => !out || own === undefined;
      fleets.push({
        stack: name,
        owner: first.owner,
        repositories: repositories.filter(isShown),
        unmatched: unmatchedSelectors(settings, found),
      });
    }
  });
  if (fleets.length > 0) printStacks(json, fleets, fleetText);
  if (error) throw error;
}
