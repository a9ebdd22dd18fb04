import type { Session } from "../session.ts";
import { actorName } from "../actor.ts";
import { recordAudit } from "../audit-log.ts";
import type { AuditEntry } from "../state/state.ts";
import type { Organisation, User } from "../state/accounts.ts";
import type { Team } from "../state/team.ts";
import { Refusal } from "../refusal.ts";

type MemberRole = "admin" | "member";

/**
 * Invites somebody, or gives a member another role; an invited person gets a new invitation.
 * https://docs.github.com/en/rest/orgs/members#set-organization-membership-for-a-user
 */
export function setMembership(
  session: Session,
  organisation: Organisation,
  user: User,
  role: MemberRole,
): void {
  const login = user.login.toLowerCase();
  const before = organisation.members.get(login);
  if (before === undefined) {
    invite(session, organisation, user, role);
  } else if (before !== role) {
    if (before === "admin") assertOtherOwner(organisation, login);
    organisation.members.set(login, role);
    audit(session, organisation, user, "update_member", {
      permission: permissionOf(role),
      old_permission: permissionOf(before),
    });
  }
}

function invite(session: Session, organisation: Organisation, user: User, role: MemberRole): void {
  const { world, actor } = session;
  const login = user.login.toLowerCase();
  const before = organisation.invitations.get(login);
  if (before?.role === role) return;
  organisation.invitations.set(login, {
    id: before?.id ?? world.nextId(),
    role,
    inviter: actorName(actor),
    createdAt: before?.createdAt ?? world.now(),
  });
  audit(session, organisation, user, "invite_member", { permission: permissionOf(role) });
}

/** An invited person becomes a member of the organisation, and of the teams in the invitation. */
export function acceptInvitation(session: Session, organisation: Organisation, user: User): void {
  const login = user.login.toLowerCase();
  const invitation = organisation.invitations.get(login);
  if (invitation === undefined) throw new Refusal("not-found", "Not Found");
  organisation.invitations.delete(login);
  organisation.members.set(login, invitation.role);
  audit(session, organisation, user, "add_member", {
    permission: permissionOf(invitation.role),
  });
  for (const team of organisation.teams.values()) {
    if (!team.members.has(login)) continue;
    auditTeam(session, organisation, team, "add_member", auditedUser(user));
  }
}

/**
 * "this will remove them from all teams and they will no longer have any access to the organization's
 * repositories"; for somebody who has not accepted yet, it cancels the invitation.
 * https://docs.github.com/en/rest/orgs/members#remove-an-organization-member
 */
export function removeMembership(session: Session, organisation: Organisation, user: User): void {
  const login = user.login.toLowerCase();
  const isMember = organisation.members.has(login);
  if (organisation.members.get(login) === "admin") assertOtherOwner(organisation, login);
  organisation.members.delete(login);
  organisation.invitations.delete(login);
  for (const team of organisation.teams.values()) {
    if (!team.members.delete(login) || !isMember) continue;
    auditTeam(session, organisation, team, "remove_member", auditedUser(user));
  }
  if (isMember) {
    for (const { collaborators } of session.world.repositoriesOf(organisation.login)) {
      collaborators.delete(login);
    }
  }
  audit(session, organisation, user, isMember ? "remove_member" : "cancel_invitation", {});
}

/** Every organisation must keep an owner. */
function assertOtherOwner({ members }: Organisation, login: string): void {
  const others = [...members].filter(([other, role]) => role === "admin" && other !== login);
  if (others.length > 0) return;
  throw new Refusal("forbidden", "You can't remove the last owner of an organization.");
}

/** The log's names of roles: https://docs.github.com/en/graphql/reference/enums#orgupdatememberauditentrypermission */
function permissionOf(role: MemberRole): "admin" | "read" {
  return role === "admin" ? "admin" : "read";
}

/** https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization#org */
function audit(
  session: Session,
  { login }: Organisation,
  user: User,
  event: string,
  more: Record<string, string>,
): void {
  recordAudit(session, `org.${event}`, {
    org: login,
    ...auditedUser(user),
    ...more,
  });
}

/** https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization#team */
export function auditTeam(
  session: Session,
  organisation: Organisation,
  team: Team,
  event: string,
  more: AuditEntry["fields"] = {},
): void {
  recordAudit(session, `team.${event}`, {
    org: organisation.login,
    team: `${organisation.login}/${team.slug}`,
    ...more,
  });
}

export function auditedUser({ id, login }: User) {
  return { user: login, user_id: id };
}
