import { openMembers, openOrganisation, personOf } from "../../http/access.ts";
import { validationFailed } from "../../http/api-error.ts";
import { createRoutes } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { refuseParameters } from "../../http/refuse-parameters.ts";
import { simpleUser } from "../../serializers/account.ts";

/** https://docs.github.com/en/rest/orgs/outside-collaborators */
export const outsideCollaboratorRoutes = createRoutes()
  .get("/orgs/:org/outside_collaborators", (c) => {
    const { world, api } = c.var;
    if (c.req.query("filter") !== "all") refuseParameters(c, "filter");
    const { login: owner, members } = openMembers(c, "read");
    const repositories = world.repositoriesOf(owner);
    const outside = [...world.state.users.values()].filter(({ login }) => {
      const key = login.toLowerCase();
      return !members.has(key) && repositories.some((item) => item.collaborators.has(key));
    });
    return c.json(paginate(c, outside).map((user) => simpleUser(api, user)));
  })
  .delete("/orgs/:org/outside_collaborators/:username", (c) => {
    const { login: owner, members } = openOrganisation(c, "members", "write");
    const login = personOf(c).login.toLowerCase();
    if (members.has(login)) {
      throw validationFailed(
        "You cannot specify an organization member to remove as an outside collaborator.",
      );
    }
    for (const { collaborators } of c.var.world.repositoriesOf(owner)) collaborators.delete(login);
    return c.body(null, 204);
  });
