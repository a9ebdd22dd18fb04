import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { ApiError, notFound, validationFailed } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { openTeam } from "../../http/team-access.ts";
import { minimalRepository } from "../../serializers/repository.ts";
import { teamOfRepository } from "../../serializers/team.ts";
import { setTeamRepository } from "../../world/accounts/change-teams.ts";
import { canSee, effectiveRole, hasRole } from "../../world/accounts/permissions.ts";
import { permissionFlags, permissionNames, roleOf, type Role } from "../../world/state/role.ts";
import type { Repository } from "../../world/state/repository.ts";
import { canMaintain, canSeeTeam } from "../../world/accounts/team-rights.ts";
import { teamRepositories, teamRole } from "../../world/accounts/teams.ts";

const path = "/orgs/:org/teams/:team/repos/:owner/:repo";

/** https://docs.github.com/en/rest/teams/teams#list-team-repositories and /rest/repos/repos#list-repository-teams */
export const teamRepositoryRoutes = createRoutes()
  .get("/orgs/:org/teams/:team/repos", (c) => {
    const { organisation, team } = openTeam(c);
    const found = teamRepositories(c.var.world, organisation, team).filter((repository) =>
      canSee(c.var, repository),
    );
    return c.json(
      paginate(c, found).map((item) =>
        repositoryOfTeam(c, item, teamRole(organisation, team, item)),
      ),
    );
  })
  .get(path, (c) => {
    const { organisation, team } = openTeam(c);
    const repository = openRepository(c, "metadata", "read");
    const role = teamRole(organisation, team, repository);
    if (role === "none") throw notFound();
    return asksForRepository(c) ? c.json(repositoryOfTeam(c, repository, role)) : c.body(null, 204);
  })
  .put(path, async (c) => {
    const { organisation, team } = openTeam(c);
    const repository = openRepository(c, "administration", "write");
    if (repository.owner !== organisation.login) {
      throw validationFailed({ resource: "TeamMember", field: "repository", code: "invalid" });
    }
    const { permission = team.permission } = await readBody(c, grant, "TeamRepository");
    const known = permissionNames.find((name) => name === permission);
    // GitHub would look for one of the organisation's custom roles, which cannot be created here.
    if (known === undefined) {
      throw validationFailed({ resource: "TeamMember", field: "permission", code: "invalid" });
    }
    setTeamRepository(c.var, organisation, team, repository, roleOf(known));
    return c.body(null, 204);
  })
  .delete(path, (c) => {
    const { organisation, team } = openTeam(c, "write");
    const repository = openRepository(c, "metadata", "read");
    const mayRemove =
      canMaintain(c.var, organisation, team) || hasRole(effectiveRole(c.var, repository), "admin");
    if (!mayRemove) throw new ApiError(403, "Must have admin rights to Repository.");
    if (repository.archived) throw new ApiError(403, "Repository was archived so is read-only.");
    if (!team.repositories.has(repository.id)) throw notFound();
    setTeamRepository(c.var, organisation, team, repository, null);
    return c.body(null, 204);
  })
  .get("/repos/:owner/:repo/teams", (c) => {
    const repository = openRepository(c, "administration", "read");
    const organisation = c.var.world.findOrganisation(repository.owner);
    // Teams that only inherit are not listed: https://github.com/mszostok/codeowners-validator/issues/40
    const found = [...(organisation?.teams.values() ?? [])].flatMap((team) => {
      const role = team.repositories.get(repository.id);
      if (organisation === undefined || role === undefined) return [];
      if (!canSeeTeam(c.var, organisation, team)) return [];
      return [teamOfRepository(c.var, organisation, team, role)];
    });
    return c.json(paginate(c, found));
  });

const grant = z.object({ permission: z.string().optional() });

/** "by passing the following custom media type" */
function asksForRepository(c: ApiContext): boolean {
  return /^application\/vnd\.github(\.v3)?\.repository\+json/.test(c.req.header("accept") ?? "");
}

function repositoryOfTeam(c: ApiContext, repository: Repository, role: Role | "none") {
  return {
    ...minimalRepository(c.var, repository),
    permissions: permissionFlags(role),
    role_name: role,
  };
}
