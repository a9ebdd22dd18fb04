import type { Actor } from "../actor.ts";
import { recordAudit } from "../audit-log.ts";
import type { AuditEntry, Organisation, User } from "../state/state.ts";
import type { Team } from "../state/team.ts";
import type { World } from "../world.ts";

/** https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization#team */
export function auditTeam(
  world: World,
  actor: Actor,
  organisation: Organisation,
  team: Team,
  event: string,
  more: AuditEntry["fields"] = {},
): void {
  recordAudit(world, actor, `team.${event}`, {
    org: organisation.login,
    team: `${organisation.login}/${team.slug}`,
    ...more,
  });
}

export function auditedUser({ id, login }: User) {
  return { user: login, user_id: id };
}
