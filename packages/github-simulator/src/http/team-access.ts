import type { Organisation } from "../world/state/accounts.ts";
import type { Team } from "../world/state/team.ts";
import { canMaintain, canSeeTeam } from "../world/accounts/team-rights.ts";
import { findTeam } from "../world/accounts/teams.ts";
import { openMembers } from "./access.ts";
import { ApiError, notFound } from "./api-error.ts";
import type { ApiContext } from "./env.ts";

export interface TeamPlace {
  organisation: Organisation;
  team: Team;
}

/** The team of the path, if the actor may see it. */
export function openTeam(c: ApiContext, level: "read" | "write" = "read"): TeamPlace {
  const organisation = openMembers(c, level);
  const team = findTeam(organisation, c.req.param("team") ?? "");
  if (team === undefined || !canSeeTeam(c.var, organisation, team)) throw notFound();
  return { organisation, team };
}

/** The team of the path, if the actor is one of its maintainers or an owner. */
export function maintainTeam(
  c: ApiContext,
  refusal = "Must have admin rights to Organization.",
): TeamPlace {
  const place = openTeam(c, "write");
  if (canMaintain(c.var, place.organisation, place.team)) return place;
  throw new ApiError(403, refusal);
}
