import { basename } from "node:path/posix";
import { wholeDays } from "../format-text.ts";
import { imageAddress } from "../image-address.ts";
import * as pulumi from "@pulumi/pulumi";
import type { Fleet, FleetRepository as Repository } from "../fleet/fleet.ts";
import type { FleetRepository } from "./fleet-repository.ts";
import { ifPresent, type RegistryToken, type RepositoryPublishing } from "./ghcr-resources.ts";
import type { RegistryAccess } from "./registry-access.ts";
import { valueOrNull } from "./settled.ts";

interface Moment {
  /** By GitHub's clock. */
  readonly now: Date;
  /** Whether this preview is saved as a plan, which has to hold on another day. */
  readonly isPlan: boolean;
}

/** The stack's outputs: what is managed for each repository, and how long the token lives. */
export function stackOutputs(
  fleet: Fleet,
  access: RegistryAccess,
  declared: readonly FleetRepository[],
  { now, isPlan }: Moment,
) {
  /** What changes by itself, as time passes: a plan leaves it open. */
  const passing = <T>(value: T) => (isPlan ? pulumi.output(pulumi.unknown) : value);
  const repositories = declared.map(({ repository, publishing, templates }) => [
    repository.name,
    {
      images: ifThere(imagesOf(fleet, publishing)),
      branch: repository.branch,
      managed: listManaged(
        fleet,
        { ...repository, credential: access.credentialOf(repository) },
        publishing,
        templates,
      ),
      workflows: decidedMode(publishing),
      commit: ifThere(publishing.commitSha),
      pullRequest: ifThere(publishing.pullRequestUrl),
      declined: ifThere(publishing.declined),
      // A state of an earlier version does not have it, and a preview would show it as unknown.
      ...(repository.form === "shared" && { waitsFor: ifThere(publishing.waitsFor) }),
      replaced: ifThere(publishing.replaced),
      unresolved: ifThere(publishing.unresolved),
      package: passing(ifThere(publishing.findings)),
    },
  ]);
  const describeToken = ({ owner, scopes, expiresAt }: RegistryToken) => ({
    owner,
    scopes,
    expiresAt: ifPresent(expiresAt),
    daysLeft: passing(
      ifPresent(expiresAt).apply((end) =>
        end === undefined ? undefined : wholeDays(now.toISOString(), end),
      ),
    ),
  });
  // The engine warns of outputs that are undefined.
  const { token } = access;
  return {
    repositories: Object.fromEntries(repositories) as Record<string, object>,
    skipped: Object.fromEntries(fleet.skipped.map(({ name, reason }) => [name, reason])),
    token: token ? describeToken(token) : null,
    rotation: access.rotation ?? null,
    watchMinute: access.watchMinute,
  };
}

/**
 * With `--continue-on-error`, what a failed repository would have said is absent here, and the others'
 * outputs are not: the engine reports the failure, and the update fails. The SDK makes outputs of a
 * failed resource unknown, and the engine would store its mark for that as if it were the value.
 */
function ifThere<T>(value: pulumi.Output<T> | undefined): pulumi.Output<T | undefined> | undefined {
  if (!value) return undefined;
  if (pulumi.runtime.isDryRun()) return ifPresent(value);
  return ifPresent(pulumi.output(valueOrNull(value)) as pulumi.Output<T | null>);
}

/** What the repository publishes, as far as it is known: `ghcr.io/acme/api`. */
function imagesOf(
  fleet: Fleet,
  { packages }: RepositoryPublishing,
): pulumi.Output<string[] | undefined> {
  return pulumi
    .output(ifThere(packages))
    .apply((found) => found?.map(({ image }) => imageAddress(fleet, image)));
}

/** "GHCR_PAT (organization), ci.yml, release.yml, token permissions (read)" */
function listManaged(
  { secret }: Fleet,
  { actions, credential }: Repository,
  publishing: RepositoryPublishing,
  templates: Readonly<Record<string, string>>,
): pulumi.Output<string> {
  const { tokenPermissions, requirePinnedActions, allowed } = actions;
  return describeFiles(publishing, templates).apply((files) =>
    [
      credential === "job-token" ? "the job's own token" : `${secret.name} (${credential})`,
      ...files,
      ...(tokenPermissions ? [`token permissions (${tokenPermissions})`] : []),
      ...(requirePinnedActions === undefined && !allowed ? [] : ["actions that may run"]),
    ].join(", "),
  );
}

/** How the repository publishes. Where that is not known, the SDK returns what was asked for. */
function decidedMode({
  mode,
}: RepositoryPublishing): pulumi.Output<"repair" | "template" | "none"> {
  return pulumi
    .output(ifThere(mode))
    .apply((decided) => (decided === "repair" || decided === "none" ? decided : "template"));
}

/** The names of the templates' files; of repaired ones, what in them is managed. */
function describeFiles(
  publishing: RepositoryPublishing,
  templates: Readonly<Record<string, string>>,
): pulumi.Output<string[]> {
  return decidedMode(publishing).apply((mode) => {
    if (mode === "none") return [];
    if (mode === "repair") return ["logins in its workflows"];
    return Object.keys(templates).map((path) => basename(path));
  });
}
