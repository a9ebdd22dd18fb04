import type { DeclinedPullRequest } from "../../properties/delivered-files.ts";
import type { WrittenVersions } from "../../publishing/templates/render-repository.ts";
import type { FilesRecord, SharedWorkflowRecord, StackRecord } from "../../stack/stack-record.ts";

/** What a stack's state contains and GitHub cannot show. */
export interface StackMemory {
  /** The token of the last update, and when the stack first had it. */
  readonly token: { readonly hash: string; readonly since: string | undefined } | undefined;
  /** How each repository comes to publish, as it was decided last: name in lower case to mode. */
  readonly modes: ReadonlyMap<string, FilesRecord["mode"]>;
  /** What the files of the templates name that the configuration does not: name in lower case to versions. */
  readonly versions: ReadonlyMap<string, WrittenVersions>;
  /** What people declined: name in lower case to the pull request. */
  readonly declined: ReadonlyMap<string, DeclinedPullRequest>;
  /** The fleet's pull requests that the last update left open: name in lower case to URL. */
  readonly offered: ReadonlyMap<string, string>;
  /** Images whose package existed at some time, without their owner. */
  readonly packages: ReadonlySet<string>;
  /** When the stack last wrote each secret: {@link secretKey} to GitHub's `updated_at`. */
  readonly secrets: ReadonlyMap<string, string>;
  /** The shared workflow, where the fleet has one. */
  readonly central: SharedWorkflowRecord | undefined;
}

export function stackMemory(record: StackRecord): StackMemory {
  const { token, files, packages, secrets } = record;
  const seen = packages.filter(({ existed }) => existed);
  return {
    token,
    modes: new Map(files.map(({ repository, mode }) => [repository.toLowerCase(), mode])),
    versions: new Map(
      files.map(({ repository, newerPins, pin }) => [repository.toLowerCase(), { newerPins, pin }]),
    ),
    declined: new Map(
      files.flatMap(({ repository, declined }) =>
        declined ? [[repository.toLowerCase(), declined]] : [],
      ),
    ),
    offered: new Map(
      files.flatMap(({ repository, pullRequestUrl }) =>
        pullRequestUrl === undefined ? [] : [[repository.toLowerCase(), pullRequestUrl]],
      ),
    ),
    packages: new Set(seen.map(({ image }) => image)),
    secrets: new Map(
      secrets.flatMap(({ place, updatedAt }) => {
        const repository = place.scope === "organization" ? undefined : place.repository;
        return updatedAt ? [[secretKey(place.scope, repository), updatedAt]] : [];
      }),
    ),
    central: record.sharedWorkflows[0],
  };
}

/** Identifies a secret of a stack, which has at most one at each place. */
export function secretKey(scope: string, repository: string | undefined): string {
  return scope === "organization" ? scope : `${scope} ${repository?.toLowerCase()}`;
}
