import type { Role } from "./role.ts";

/** Whom a rule names: a person by login, or a team by id. */
export type Grantee = string | number;

/** https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams */
export interface Team {
  id: number;
  name: string;
  /** What addresses call it: the name in small letters and hyphens. */
  slug: string;
  description: string | null;
  /** Secret teams are seen by their members and the organisation's owners only. */
  privacy: "closed" | "secret";
  notifications: boolean;
  /** What it may do in a repository that is added without a word of that. */
  permission: "pull" | "push" | "admin";
  /** Id of the team whose repositories its members reach, too. */
  parent: number | null;
  /** By login in lower case. Who is no member of the organisation yet has an invitation. */
  members: Map<string, "member" | "maintainer">;
  /** Ids of repositories; what the parent has is not among them. */
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
