import { z } from "zod";
import { openRepository } from "../http/access.ts";
import { ApiError, notFound } from "../http/api-error.ts";
import { createRoutes, type ApiContext } from "../http/env.ts";
import { paginate } from "../http/paginate.ts";
import { readBody } from "../http/read-body.ts";
import { refuseParameters } from "../http/refuse-parameters.ts";
import { simpleUser } from "../shapes/account.ts";
import { hasRole, organisationRole, roleIn } from "../world/permissions.ts";
import type { Repository, Role, User } from "../world/state.ts";

/** https://docs.github.com/en/rest/collaborators/collaborators */
export const collaboratorRoutes = createRoutes()
  .get("/repos/:owner/:repo/collaborators", (c) => {
    const { world } = c.var;
    const repository = openRepository(c, "metadata", "read");
    refuseParameters(c, "permission");
    if (c.req.query("affiliation") === "outside") refuseParameters(c, "affiliation");
    const direct = c.req.query("affiliation") === "direct";
    const people = [...world.state.users.values()].filter(({ login }) =>
      direct
        ? repository.collaborators.has(login.toLowerCase())
        : organisationRole(world, login, repository.owner) === "admin" ||
          repository.collaborators.has(login.toLowerCase()) ||
          (organisationRole(world, login, repository.owner) === "member" &&
            world.findOrganisation(repository.owner)?.basePermission !== "none"),
    );
    return c.json(paginate(c, people).map((user) => collaborator(c, repository, user)));
  })
  .get("/repos/:owner/:repo/collaborators/:username", (c) => {
    const repository = openRepository(c, "metadata", "read");
    const { login } = personOf(c);
    if (roleIn(c.var.world, login, repository) === "none") throw notFound();
    return c.body(null, 204);
  })
  .get("/repos/:owner/:repo/collaborators/:username/permission", (c) => {
    const repository = openRepository(c, "metadata", "read");
    const user = personOf(c);
    const role = roleIn(c.var.world, user.login, repository);
    return c.json({
      permission: { triage: "read", maintain: "write" }[role as string] ?? role,
      role_name: role,
      user: collaborator(c, repository, user),
    });
  })
  .put("/repos/:owner/:repo/collaborators/:username", async (c) => {
    const { world } = c.var;
    const repository = openRepository(c, "administration", "write");
    const { login } = personOf(c);
    const { permission } = await readBody(c, grant, "Collaborator");
    if (organisationRole(world, login, repository.owner) === undefined) {
      throw new ApiError(
        501,
        "the simulator does not implement invitations of outside collaborators",
      );
    }
    repository.collaborators.set(login.toLowerCase(), roleOf[permission]);
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

const grant = z.object({
  permission: z.enum(["pull", "triage", "push", "maintain", "admin"]).default("push"),
});

const roleOf: Readonly<Record<z.output<typeof grant>["permission"], Role>> = {
  pull: "read",
  triage: "triage",
  push: "write",
  maintain: "maintain",
  admin: "admin",
};

function personOf(c: ApiContext): User {
  const user = c.var.world.findUser(c.req.param("username") ?? "");
  if (user === undefined) throw notFound();
  return user;
}

function collaborator(c: ApiContext, repository: Repository, user: User) {
  const role = roleIn(c.var.world, user.login, repository);
  return {
    ...simpleUser(c.var.api, user),
    permissions: {
      pull: role !== "none",
      triage: hasRole(role, "write") || role === "triage",
      push: hasRole(role, "write"),
      maintain: role === "maintain" || role === "admin",
      admin: role === "admin",
    },
    role_name: role,
  };
}
