import type { Role } from "./role.ts";

/** Somebody in a rule: a person by login, or a team by id. */
export type Grantee = string | number;

/** https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams */
export interface Team {
  id: number;
  name: string;
  /** Its name in addresses: lower case with hyphens. */
  slug: string;
  description: string | null;
  /** Only their members and the organisation's owners can see secret teams. */
  privacy: "closed" | "secret";
  notifications: boolean;
  /** Its role in a repository that is added without a role. */
  permission: "pull" | "push" | "admin";
  /** Id of the parent team, whose repositories its members can use, too. */
  parent: number | null;
  /** By login in lower case. People who are not yet in the organisation have an invitation. */
  members: Map<string, "member" | "maintainer">;
  /** By repository id; the parent's repositories are not included. */
  repositories: Map<number, Role>;
  reviewAssignment: ReviewAssignment;
  createdAt: string;
  updatedAt: string;
}

/** https://docs.github.com/en/organizations/organizing-members-into-teams/managing-code-review-settings-for-your-team */
export interface ReviewAssignment {
  enabled: boolean;
  algorithm: "ROUND_ROBIN" | "LOAD_BALANCE";
  memberCount: number;
  notifyTeam: boolean;
}
