import type { StackRecord } from "../../stack/stack-record.ts";

/** What a stack knows that GitHub cannot tell. */
export interface StackMemory {
  /** The token of the last update, and when the stack first had it. */
  readonly token: { readonly hash: string; readonly since: string | undefined } | undefined;
  /** Images whose package has been seen to exist, without their owner. */
  readonly packages: ReadonlySet<string>;
  /** When the stack last wrote a secret: {@link secretKey} to GitHub's `updated_at`. */
  readonly secrets: ReadonlyMap<string, string>;
}

export function stackMemory({ token, packages, secrets }: StackRecord): StackMemory {
  const seen = packages.filter(({ existed }) => existed);
  return {
    token,
    packages: new Set(seen.map(({ image }) => image)),
    secrets: new Map(
      secrets.flatMap(({ place, updatedAt }) => {
        const repository = place.scope === "organization" ? undefined : place.repository;
        return updatedAt ? [[secretKey(place.scope, repository), updatedAt]] : [];
      }),
    ),
  };
}

/** Names a secret of a stack, which has one at most at each place. */
export function secretKey(scope: string, repository: string | undefined): string {
  return scope === "organization" ? scope : `${scope} ${repository?.toLowerCase()}`;
}
