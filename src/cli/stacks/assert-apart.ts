import { namedScopes } from "../../fleet/resolve-fleet.ts";
import { createGitHubClient } from "../../github/client/github-client.ts";
import type { Connection } from "../../github/client/load-connection.ts";
import { readAccount } from "../../github/repositories/read-account.ts";
import { gitHubHost } from "../../github-host.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import { UsageError } from "../../user-error.ts";

type Declared = Pick<OpenStack, "name" | "connection" | "settings">;

/** @throws {UsageError} two stacks write the same thing, and would undo each other's updates */
export async function assertApart(stacks: readonly Declared[]): Promise<void> {
  assertNoSharedWorkflow(stacks);
  await assertNoSharedSecret(stacks);
}

/** Two stacks with one central repository would replace each other's shared workflow. */
function assertNoSharedWorkflow(stacks: readonly Declared[]): void {
  const writers = new Map<string, string>();
  for (const { name, connection, settings } of stacks) {
    const central = settings.shared?.repository;
    if (central === undefined) continue;
    const place = onHost(connection, central);
    const other = writers.get(place);
    if (other !== undefined) {
      throw new UsageError(
        `the stacks ${other} and ${name} both write the shared workflow of ${central}: ` +
          "name another repository in fleet.shared.repository of one of them, or use one stack",
      );
    }
    writers.set(place, name);
  }
}

/** Two stacks that write the same secret would remove each other's repositories from it. */
async function assertNoSharedSecret(stacks: readonly Declared[]): Promise<void> {
  const places = new Map<string, string>();
  for (const { name, connection, settings } of stacks) {
    if (!namedScopes(settings, "Organization").includes("organization")) continue;
    const place = onHost(connection, `${connection.owner}/${settings.secret.name}`);
    const other = places.get(place);
    if (other !== undefined && (await isOrganisation(connection))) {
      throw new UsageError(
        `the stacks ${other} and ${name} both write the organisation's secret ${settings.secret.name}: ` +
          "use repository secrets (fleet.secret.scope: repository), or one stack",
      );
    }
    places.set(place, name);
  }
}

/** Organisations of one name may be on several hosts. */
function onHost({ baseUrl }: Connection, place: string): string {
  return `${gitHubHost(baseUrl).web} ${place}`.toLowerCase();
}

async function isOrganisation(connection: Connection): Promise<boolean> {
  const { ownerKind } = await readAccount(createGitHubClient(connection), connection.owner);
  return ownerKind === "Organization";
}
