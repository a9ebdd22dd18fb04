import type { Session } from "../session.ts";
import type { Ruleset } from "../state/branch-rule.ts";
import type { Organisation, User } from "../state/accounts.ts";
import type { Repository } from "../state/repository.ts";
import type { Grantee, Team, ReviewAssignment } from "../state/team.ts";
import type { World } from "../world.ts";
import { auditedRepository } from "../audit-log.ts";
import { auditedUser, auditTeam, setMembership } from "./memberships.ts";
import { permissionOf, type Role } from "../state/role.ts";
import { childrenOf, slugOf } from "./teams.ts";

/** Fields of a team that can be given when it is created or changed. */
export type TeamSettings = Pick<
  Team,
  "name" | "description" | "privacy" | "notifications" | "permission" | "parent"
>;

/** How a team assigns reviews by default. */
const defaultReviewAssignment: ReviewAssignment = {
  enabled: false,
  algorithm: "ROUND_ROBIN",
  memberCount: 1,
  notifyTeam: true,
};

export function createTeam(
  session: Session,
  organisation: Organisation,
  settings: TeamSettings,
): Team {
  const { world } = session;
  const now = world.now();
  const team: Team = {
    id: world.nextId(),
    ...settings,
    slug: slugOf(settings.name),
    members: new Map(),
    repositories: new Map(),
    reviewAssignment: { ...defaultReviewAssignment },
    createdAt: now,
    updatedAt: now,
  };
  organisation.teams.set(team.id, team);
  auditTeam(session, organisation, team, "create");
  return team;
}

/** Returns whether anything changed. */
export function changeTeam(
  session: Session,
  organisation: Organisation,
  team: Team,
  settings: TeamSettings,
): boolean {
  const before = { ...team };
  Object.assign(team, settings, { slug: slugOf(settings.name) });
  const changed = (Object.keys(settings) as (keyof TeamSettings)[]).filter(
    (key) => before[key] !== team[key],
  );
  if (changed.length === 0) return false;
  team.updatedAt = session.world.now();
  for (const [key, event] of auditedChanges) {
    if (changed.includes(key)) auditTeam(session, organisation, team, event);
  }
  return true;
}

const auditedChanges = [
  ["name", "rename"],
  ["privacy", "change_privacy"],
  ["parent", "change_parent_team"],
] as const;

/** "deleting a parent team will delete all of its child teams as well": https://docs.github.com/en/rest/teams/teams#delete-a-team */
export function deleteTeam(session: Session, organisation: Organisation, team: Team): void {
  for (const child of childrenOf(organisation, team)) deleteTeam(session, organisation, child);
  organisation.teams.delete(team.id);
  forgetTeam(session.world, organisation, team);
  auditTeam(session, organisation, team, "destroy");
}

/** Adds somebody to a team; people outside the organisation are invited first. */
export function setTeamMember(
  session: Session,
  organisation: Organisation,
  team: Team,
  user: User,
  role: "member" | "maintainer",
): void {
  const login = user.login.toLowerCase();
  const before = team.members.get(login);
  team.members.set(login, role);
  if (!organisation.members.has(login)) {
    if (!organisation.invitations.has(login)) {
      setMembership(session, organisation, user, "member");
    }
  } else if (before === undefined) {
    auditTeam(session, organisation, team, "add_member", auditedUser(user));
  } else if (before !== role) {
    const event = role === "maintainer" ? "promote_maintainer" : "demote_maintainer";
    auditTeam(session, organisation, team, event, auditedUser(user));
  }
}

export function removeTeamMember(
  session: Session,
  organisation: Organisation,
  team: Team,
  user: User,
): void {
  const login = user.login.toLowerCase();
  if (!team.members.delete(login) || !organisation.members.has(login)) return;
  auditTeam(session, organisation, team, "remove_member", auditedUser(user));
}

/** Gives a team a role in a repository; null removes the team from it. */
export function setTeamRepository(
  session: Session,
  organisation: Organisation,
  team: Team,
  repository: Repository,
  role: Role | null,
): void {
  const before = team.repositories.get(repository.id);
  if (before === (role ?? undefined)) return;
  const audit = (event: string, more: Record<string, string> = {}) =>
    auditTeam(session, organisation, team, event, {
      ...auditedRepository(repository),
      ...more,
    });
  if (role === null) {
    team.repositories.delete(repository.id);
    audit("remove_repository");
    return;
  }
  team.repositories.set(repository.id, role);
  if (before === undefined) {
    audit("add_repository", { permission: permissionOf(role) });
  } else {
    audit("update_repository_permission", {
      old_repo_permission: permissionOf(before),
      new_repo_permission: permissionOf(role),
    });
  }
}

/** Removes a deleted team from all rules and environments. */
function forgetTeam(world: World, organisation: Organisation, team: Team): void {
  forgetInRulesets(organisation.rulesets, team);
  for (const repository of world.repositoriesOf(organisation.login)) {
    forgetIn(repository, team);
  }
}

function forgetInRulesets(rulesets: readonly Ruleset[], { id }: Team): void {
  for (const ruleset of rulesets) {
    ruleset.bypassActors = ruleset.bypassActors.filter(
      ({ actor_type, actor_id }) => actor_type !== "Team" || actor_id !== id,
    );
  }
}

function forgetIn(repository: Repository, team: Team): void {
  const { id } = team;
  const others = (named: readonly Grantee[]) => named.filter((item) => item !== id);
  const { rules, rulesets, environments } = repository;
  for (const rule of rules) {
    rule.pushers = rule.pushers && others(rule.pushers);
    rule.bypassPullRequest = others(rule.bypassPullRequest);
    rule.bypassForcePush = others(rule.bypassForcePush);
    const { dismissers } = rule.reviews;
    rule.reviews = { ...rule.reviews, dismissers: dismissers && others(dismissers) };
  }
  forgetInRulesets(rulesets, team);
  for (const environment of environments.values()) {
    environment.reviewers = environment.reviewers.filter(
      (reviewer) => reviewer.type !== "Team" || reviewer.id !== id,
    );
  }
}
