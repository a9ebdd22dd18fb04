import type { FilesRecord, SharedWorkflowRecord, StackRecord } from "../../stack/stack-record.ts";

/** What a stack's state contains and GitHub cannot show. */
export interface StackMemory {
  /** The token of the last update, and when the stack first had it. */
  readonly token: { readonly hash: string; readonly since: string | undefined } | undefined;
  /** What the last update recorded of each repository's files, by its name in lower case. */
  readonly files: ReadonlyMap<string, FilesRecord>;
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
    files: new Map(files.map((each) => [each.repository.toLowerCase(), each])),
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
