import { z } from "zod";
import { openRepository, personOf, tokenRefusal } from "../../http/access.ts";
import { ApiError, notFound, validationFailed } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { refuseParameters } from "../../http/refuse-parameters.ts";
import { simpleUser } from "../../serializers/account.ts";
import {
  effectiveRole,
  grantedRole,
  hasRole,
  organisationRole,
  roleIn,
} from "../../world/accounts/permissions.ts";
import { permissionFlags, permissionNames, roleOf } from "../../world/state/role.ts";
import type { Repository } from "../../world/state/repository.ts";
import type { User } from "../../world/state/accounts.ts";
import type { World } from "../../world/world.ts";

/** https://docs.github.com/en/rest/collaborators/collaborators */
export const collaboratorRoutes = createRoutes()
  .get("/repos/:owner/:repo/collaborators", (c) => {
    const { world } = c.var;
    const repository = openAsPusher(c, "view repository collaborators");
    refuseParameters(c, "permission");
    const belongs = affiliations[c.req.query("affiliation") ?? "all"];
    if (belongs === undefined) {
      throw validationFailed({ resource: "Repository", field: "affiliation", code: "invalid" });
    }
    const people = [...world.state.users.values()].filter(({ login }) =>
      belongs(world, login, repository),
    );
    return c.json(paginate(c, people).map((user) => collaborator(c, repository, user)));
  })
  .get("/repos/:owner/:repo/collaborators/:username", (c) => {
    const repository = openRepository(c, "metadata", "read");
    const { login } = personOf(c);
    if (grantedRole(c.var.world, login, repository) === "none") throw notFound();
    return c.body(null, 204);
  })
  .get("/repos/:owner/:repo/collaborators/:username/permission", (c) => {
    const repository = openAsPusher(c, "view collaborator permission");
    const user = personOf(c);
    const role = roleIn(c.var.world, user.login, repository);
    return c.json({
      permission: { triage: "read", maintain: "write" }[role as string] ?? role,
      role_name: role,
      user: collaborator(c, repository, user),
    });
  })
  .put("/repos/:owner/:repo/collaborators/:username", async (c) => {
    const repository = openRepository(c, "administration", "write");
    const { login } = personOf(c);
    const { permission } = await readBody(c, grant, "Collaborator");
    if (organisationRole(c.var.world, login, repository.owner) === undefined) {
      throw new ApiError(
        501,
        "the simulator does not implement invitations of outside collaborators",
      );
    }
    repository.collaborators.set(login.toLowerCase(), roleOf(permission));
    return c.body(null, 204);
  })
  .delete("/repos/:owner/:repo/collaborators/:username", (c) => {
    const repository = openRepository(c, "administration", "write");
    repository.collaborators.delete(c.req.param("username").toLowerCase());
    return c.body(null, 204);
  })
  .get("/repos/:owner/:repo/invitations", (c) => {
    openRepository(c, "administration", "read");
    return c.json([]);
  });

/**
 * The messages of https://github.com/dsoftwareinc/ghactions-manager/issues/271 and
 * https://github.com/yegor256/rultor/issues/1407
 */
function openAsPusher(c: ApiContext, purpose: string): Repository {
  const repository = openRepository(c, "metadata", "read");
  if (c.var.actor.kind === "anonymous") throw tokenRefusal(c.var.actor);
  if (hasRole(effectiveRole(c.var, repository), "write")) return repository;
  throw new ApiError(403, `Must have push access to ${purpose}.`);
}

const grant = z.object({ permission: z.enum(permissionNames).default("push") });

/** The logins in the requested lists; access through teams and the base permission is not direct. */
const affiliations: Readonly<
  Record<string, (world: World, login: string, repository: Repository) => boolean>
> = {
  all: (world, login, repository) => grantedRole(world, login, repository) !== "none",
  direct: (_, login, { collaborators }) => collaborators.has(login.toLowerCase()),
  outside: (world, login, { owner, collaborators }) =>
    collaborators.has(login.toLowerCase()) && organisationRole(world, login, owner) === undefined,
};

function collaborator(c: ApiContext, repository: Repository, user: User) {
  const role = roleIn(c.var.world, user.login, repository);
  return {
    ...simpleUser(c.var, user),
    permissions: permissionFlags(role),
    role_name: role,
  };
}
