import type { Fleet, FleetRepository } from "../fleet/fleet.ts";
import type { GitHubClient } from "../github/client/github-client.ts";
import { readStackRecord } from "./export-state.ts";
import { findStackFleet } from "./find-fleet.ts";
import type { OpenStack } from "./open-stack.ts";
import { readUndeployed } from "./shared-credential.ts";
import type { SecretRecord } from "./stack-record.ts";

export interface PresentFleet extends Fleet {
  /** The repositories with the credentials that the configuration declares. */
  readonly declared: Fleet["repositories"];
}

/**
 * The fleet with the credentials that the next update gives to its repositories: one that moves to an environment
 * keeps what it has, as recorded, until its branch deploys there.
 *
 * @throws {UserError} also where the stack's state cannot be read; otherwise as `findFleet`
 */
export async function findPresentFleet(
  github: GitHubClient,
  stack: Pick<OpenStack, "connection" | "settings" | "engine">,
): Promise<PresentFleet> {
  const fleet = await findStackFleet(github, stack);
  const moving = fleet.repositories.filter(({ credential }) => credential === "environment");
  const declared = fleet.repositories;
  if (moving.length === 0) return { ...fleet, declared };
  const kept = keptBy(moving, (await readStackRecord(stack.engine)).secrets);
  const undeployed = await readUndeployed(github, fleet, new Set(kept.keys()));
  const presentOf = ({ id, credential }: FleetRepository) =>
    (undeployed.has(id) && kept.get(id)) || credential;
  return {
    ...fleet,
    declared,
    repositories: fleet.repositories.map((each) => ({ ...each, credential: presentOf(each) })),
  };
}

/** The scope of the secret that each of them has now, by id, unless that is an environment. */
function keptBy(
  repositories: readonly FleetRepository[],
  secrets: readonly SecretRecord[],
): ReadonlyMap<number, "organization" | "repository"> {
  const shared = new Set(secrets.flatMap((each) => Object.values(each.repositories ?? {})));
  const own = Map.groupBy(secrets, ({ place }) =>
    place.scope === "organization" ? undefined : place.repository.toLowerCase(),
  );
  return new Map(
    repositories.flatMap(({ id, name }): [number, "organization" | "repository"][] => {
      const scopes = (own.get(name.toLowerCase()) ?? []).map(({ place }) => place.scope);
      if (scopes.includes("environment")) return [];
      // In a trial, one that shares the organisation's secret has one of its own, too.
      if (shared.has(id)) return [[id, "organization"]];
      return scopes.includes("repository") ? [[id, "repository"]] : [];
    }),
  );
}
