import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "../fleet/fleet.ts";
import type { FleetRepository } from "./fleet-repository.ts";
import { ifPresent } from "./ghcr-resources.ts";
import type { RegistryAccess } from "./registry-access.ts";

export interface Moment {
  /** By GitHub's clock. */
  readonly now: Date;
  /** Whether this preview is saved as a plan, which has to hold on another day. */
  readonly isPlan: boolean;
}

/** The stack's outputs: what is managed for each repository, and how long the token lives. */
export function stackOutputs(
  fleet: Fleet,
  access: RegistryAccess,
  components: readonly FleetRepository[],
  { now, isPlan }: Moment,
) {
  /** What changes by itself, as time passes: a plan leaves it open. */
  const passing = <T>(value: T) => (isPlan ? pulumi.output(pulumi.unknown) : value);
  const repositories = fleet.repositories.map((repository, index) => [
    repository.name,
    {
      image: `ghcr.io/${fleet.owner.toLowerCase()}/${repository.image}`,
      branch: repository.branch,
      managed: listManaged(fleet, repository, Object.keys(components[index]?.files ?? {})),
      commit: ifThere(components[index]?.workflows.commitSha),
      pullRequest: ifThere(components[index]?.workflows.pullRequestUrl),
      replaced: ifThere(components[index]?.workflows.replaced),
      package: passing(ifThere(components[index]?.package.findings)),
    },
  ]);
  const { token } = access;
  const expiresAt = ifPresent(token.expiresAt);
  return {
    repositories: Object.fromEntries(repositories) as Record<string, object>,
    skipped: Object.fromEntries(fleet.skipped.map(({ name, reason }) => [name, reason])),
    token: {
      owner: token.owner,
      scopes: token.scopes,
      expiresAt,
      daysLeft: passing(
        expiresAt.apply((end) => (end === undefined ? undefined : wholeDays(now, end))),
      ),
    },
    rotation: access.rotation,
    watchMinute: access.watchMinute,
  };
}

/**
 * With `--continue-on-error`, a repository that failed is absent here and the others are not: the
 * engine reports the failure, and the update fails.
 */
function ifThere<T>(value: pulumi.Output<T> | undefined): pulumi.Output<T | undefined> | undefined {
  return value && ifPresent(pulumi.recover<T | null>(value, () => null));
}

/** "GHCR_PAT (organization), ci.yml, release.yml, token permissions (read)" */
function listManaged(
  { secret }: Fleet,
  { actions }: Fleet["repositories"][number],
  paths: readonly string[],
): string {
  const files = paths.map((path) => path.split("/").at(-1));
  const { tokenPermissions, requirePinnedActions, allowed } = actions;
  return [
    `${secret.name} (${secret.scope})`,
    ...files,
    ...(tokenPermissions ? [`token permissions (${tokenPermissions})`] : []),
    ...(requirePinnedActions === undefined && !allowed ? [] : ["actions that may run"]),
  ].join(", ");
}

function wholeDays(from: Date, to: string): number {
  return Math.floor((Date.parse(to) - from.getTime()) / 86_400_000);
}
