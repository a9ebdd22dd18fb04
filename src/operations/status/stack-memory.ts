import { sharedRecord, type SharedRecord } from "../drift/shared-drift.ts";
import type { DeclinedPullRequest } from "../../properties/delivered-files.ts";
import type { FilesRecord, StackRecord } from "../../stack/stack-record.ts";

/** What a stack's state contains and GitHub cannot show. */
export interface StackMemory {
  /** The token of the last update, and when the stack first had it. */
  readonly token: { readonly hash: string; readonly since: string | undefined } | undefined;
  /** How each repository comes to publish, as it was decided last: name in lower case to mode. */
  readonly modes: ReadonlyMap<string, FilesRecord["mode"]>;
  /** Later versions of the templates' actions that stay: name in lower case to pins. */
  readonly newerPins: ReadonlyMap<string, readonly string[]>;
  /** What people declined: name in lower case to the pull request. */
  readonly declined: ReadonlyMap<string, DeclinedPullRequest>;
  /** Images whose package existed at some time, without their owner. */
  readonly packages: ReadonlySet<string>;
  /** When the stack last wrote each secret: {@link secretKey} to GitHub's `updated_at`. */
  readonly secrets: ReadonlyMap<string, string>;
  /** What all repositories share. */
  readonly shared: SharedRecord;
}

export function stackMemory(record: StackRecord): StackMemory {
  const { token, files, packages, secrets } = record;
  const seen = packages.filter(({ existed }) => existed);
  return {
    token,
    modes: new Map(files.map(({ repository, mode }) => [repository.toLowerCase(), mode])),
    newerPins: new Map(
      files.map(({ repository, newerPins = [] }) => [repository.toLowerCase(), newerPins]),
    ),
    declined: new Map(
      files.flatMap(({ repository, declined }) =>
        declined ? [[repository.toLowerCase(), declined]] : [],
      ),
    ),
    packages: new Set(seen.map(({ image }) => image)),
    secrets: new Map(
      secrets.flatMap(({ place, updatedAt }) => {
        const repository = place.scope === "organization" ? undefined : place.repository;
        return updatedAt ? [[secretKey(place.scope, repository), updatedAt]] : [];
      }),
    ),
    shared: sharedRecord(record),
  };
}

/** Identifies a secret of a stack, which has at most one at each place. */
export function secretKey(scope: string, repository: string | undefined): string {
  return scope === "organization" ? scope : `${scope} ${repository?.toLowerCase()}`;
}
