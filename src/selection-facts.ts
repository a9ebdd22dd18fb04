/**
 * What a repository may grant to a team, least first.
 *
 * @see https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization
 */
export const teamPermissions = ["read", "triage", "write", "maintain", "admin"] as const;
export type TeamPermission = (typeof teamPermissions)[number];

/** What a selection has to know of each repository in addition to its name, topics and visibility. */
export interface SelectionNeeds {
  readonly language: boolean;
  readonly properties: boolean;
  /** Slugs, in lower case. */
  readonly teams: readonly string[];
  readonly paths: readonly string[];
  /** Repositories that have to exist under exactly these names. */
  readonly names: readonly string[];
}

export interface SelectionFacts {
  /** The language that GitHub shows first, such as Go. */
  readonly language: string | undefined;
  /** Custom properties by name in lower case; one with several choices has several values. */
  readonly properties: ReadonlyMap<string, readonly string[]>;
  /** By the team's slug in lower case. */
  readonly teams: ReadonlyMap<string, TeamPermission>;
  /** Those of {@link SelectionNeeds.paths} that exist on the default branch. */
  readonly paths: ReadonlySet<string>;
}

export const nothingKnown: SelectionFacts = {
  language: undefined,
  properties: new Map(),
  teams: new Map(),
  paths: new Set(),
};
