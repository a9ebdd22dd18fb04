import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { createClient, type Client } from "../support/client.ts";
import { startTeams } from "../support/start-teams.ts";

let simulator: Simulator;
let owner: Client;
let lead: Client;
let dev: Client;

beforeAll(async () => {
  simulator = await startTeams();
  owner = createClient(simulator, "owner");
  lead = createClient(simulator, "lead");
  dev = createClient(simulator, "dev");
});
afterAll(() => simulator.close());

const teams = "/orgs/acme/teams";
const namesOf = (items: { name: string }[]) => items.map(({ name }) => name);

test("teams are created, nested, renamed and deleted with their child teams", async () => {
  const made = await owner.expecting(201, `POST ${teams}`, {
    name: "Ünïts & Things",
    description: "Makes things",
    notification_setting: "notifications_disabled",
    maintainers: ["lea"],
    repo_names: ["acme/site"],
    permission: "push",
  });
  expect(made.body).toMatchObject({
    slug: "units-things",
    description: "Makes things",
    privacy: "secret",
    notification_setting: "notifications_disabled",
    parent: null,
    members_count: 2,
    repos_count: 1,
  });
  const { id } = made.body;
  const below = await owner.expecting(422, `POST ${teams}`, { name: "Below", parent_team_id: id });
  expect(below.body.errors).toMatchObject([{ message: "Parent team cannot be secret" }]);
  const changed = await owner(`PATCH /teams/${id}`, { name: "Things", privacy: "closed" });
  expect(changed).toMatchObject({ status: 201, body: { id, slug: "things", privacy: "closed" } });
  await owner.expecting(200, `PATCH ${teams}/things`, { name: "Things" });
  const nested = await owner(`POST ${teams}`, { name: "Below", parent_team_id: id });
  expect(nested.body).toMatchObject({ privacy: "closed", parent: { id, slug: "things" } });
  expect(namesOf((await owner(`GET ${teams}/things/teams`)).body)).toEqual(["Below"]);
  expect(namesOf((await owner(`GET ${teams}/below/repos`)).body)).toEqual(["site"]);
  for (const wrong of [
    { parent_team_id: nested.body.id },
    { privacy: "secret" },
    { name: "platform core" },
    { name: "&" },
  ]) {
    await owner.expecting(422, `PATCH ${teams}/things`, wrong);
  }
  const moved = await owner(`PATCH ${teams}/below`, { parent_team_id: null });
  expect(moved.body.parent).toBe(null);
  await owner(`PATCH ${teams}/below`, { parent_team_slug: "things" });
  await owner.expecting(204, `DELETE ${teams}/things`);
  await owner.expecting(404, `GET ${teams}/below`);
  await owner.expecting(404, `GET /teams/${id}`);
});

test("addresses with ids return the same as those with names", async () => {
  const { body } = await owner(`GET ${teams}/platform-core`);
  const byId = await fetch(
    `${simulator.url}/organizations/${body.organization.id}/team/${body.id}`,
    {
      headers: { authorization: `Bearer ${simulator.world.tokenValue("owner")}` },
    },
  );
  expect(await byId.json()).toEqual(body);
  expect((await owner(`GET /teams/${body.id}/members`)).body).toMatchObject([{ login: "lea" }]);
});

test("members of teams have roles, and members of child teams belong to the parents", async () => {
  const list = async (team: string, query = "") => {
    const { body } = await owner(`GET ${teams}/${team}/members${query}`);
    return body.map((item: Record<string, unknown>) => [item.login, item.role, item.inherited]);
  };
  expect(await list("engineering")).toEqual([["lea", "member", true]]);
  expect(await list("platform-core")).toEqual([["lea", "maintainer", false]]);
  await owner.expecting(404, `GET ${teams}/platform-core/memberships/dee`);
  const put = await lead(`PUT ${teams}/platform-core/memberships/dee`, {});
  expect(put.body).toMatchObject({ role: "member", state: "active" });
  // An owner is a maintainer everywhere.
  const own = await owner(`PUT ${teams}/platform-core/memberships/ada`, { role: "member" });
  expect(own.body.role).toBe("maintainer");
  expect(await list("platform-core", "?role=member")).toEqual([["dee", "member", false]]);
  expect((await owner(`GET ${teams}/engineering/memberships/dee`)).body).toMatchObject({
    role: "member",
  });
  await dev.expecting(403, `DELETE ${teams}/platform-core/memberships/lea`);
  await dev.expecting(204, `DELETE ${teams}/platform-core/memberships/dee`);
  await owner(`DELETE ${teams}/platform-core/memberships/ada`);
});

test("repositories of a team, and teams of a repository", async () => {
  const accept = { accept: "application/vnd.github.v3.repository+json" };
  const path = `${teams}/platform-core/repos/acme/web`;
  await owner.expecting(204, `GET ${path}`);
  expect((await owner(`GET ${path}`, undefined, accept)).body).toMatchObject({
    role_name: "write",
    permissions: { push: true, maintain: false },
  });
  await owner.expecting(404, `GET ${teams}/platform-core/repos/acme/site`);
  const { body } = await owner("GET /repos/acme/web/teams");
  expect(body.map((team: Record<string, string>) => [team.slug, team.permission])).toEqual([
    ["engineering", "push"],
    ["platform-core", "pull"],
  ]);
  expect(namesOf((await owner(`GET ${teams}/engineering/repos`)).body)).toEqual(["web"]);
  await owner.expecting(422, `PUT ${path}`, { permission: "conquer" });
  // Without a role in the request, it is the team's own.
  await owner(`PUT ${teams}/engineering/repos/acme/site`);
  expect((await owner("GET /repos/acme/site/teams")).body).toMatchObject([{ permission: "pull" }]);
  await lead.expecting(403, `PUT ${teams}/platform-core/repos/acme/site`);
  await lead.expecting(403, `DELETE ${teams}/engineering/repos/acme/site`);
  await owner.expecting(204, `DELETE ${teams}/engineering/repos/acme/site`);
});

test("GraphQL returns the same about teams as REST, and how reviews are assigned", async () => {
  const ask = async (client: Client, query: string, variables = {}) =>
    (await client("POST /graphql", { query, variables })).body;
  const query = `query ($slug: String!) {
    organization(login: "acme") {
      team(slug: $slug) {
        id slug combinedSlug privacy parentTeam { slug } ancestors(first: 5) { nodes { slug } }
        members(membership: IMMEDIATE) { totalCount edges { role node { login } } }
        repositories { edges { permission node { name } } }
        reviewRequestDelegationEnabled reviewRequestDelegationAlgorithm
        reviewRequestDelegationMemberCount reviewRequestDelegationNotifyTeam
      }
    }
  }`;
  const { team } = (await ask(owner, query, { slug: "platform-core" })).data.organization;
  expect(team).toMatchObject({
    slug: "platform-core",
    combinedSlug: "acme/platform-core",
    privacy: "VISIBLE",
    parentTeam: { slug: "engineering" },
    ancestors: { nodes: [{ slug: "engineering" }] },
    members: { totalCount: 1, edges: [{ role: "MAINTAINER", node: { login: "lea" } }] },
    repositories: {
      edges: [
        { permission: "MAINTAIN", node: { name: "api" } },
        { permission: "WRITE", node: { name: "web" } },
      ],
    },
    reviewRequestDelegationEnabled: false,
  });
  const mutation = `mutation ($input: UpdateTeamReviewAssignmentInput!) {
    updateTeamReviewAssignment(input: $input) { team { slug } }
  }`;
  const input = { id: team.id, enabled: true, algorithm: "LOAD_BALANCE", teamMemberCount: 2 };
  await expect(ask(dev, mutation, { input })).rejects.toThrow("FORBIDDEN");
  expect((await ask(lead, mutation, { input })).data.updateTeamReviewAssignment.team.slug).toBe(
    "platform-core",
  );
  const odd = { ...input, excludedTeamMemberIds: [team.id] };
  await expect(ask(lead, mutation, { input: odd })).rejects.toThrow("NOT_IMPLEMENTED");
  expect((await ask(dev, query, { slug: "platform-core" })).data.organization.team).toMatchObject({
    reviewRequestDelegationEnabled: true,
    reviewRequestDelegationAlgorithm: "LOAD_BALANCE",
    reviewRequestDelegationMemberCount: 2,
    reviewRequestDelegationNotifyTeam: true,
  });
  expect((await ask(dev, query, { slug: "night-watch" })).data.organization.team).toBe(null);
  const all = `query ($roots: Boolean, $users: [String!]) {
    organization(login: "acme") {
      teams(first: 10, rootTeamsOnly: $roots, userLogins: $users) { nodes { slug } }
    }
  }`;
  const slugs = async (variables: object) =>
    (await ask(owner, all, variables)).data.organization.teams.nodes.map(
      ({ slug }: { slug: string }) => slug,
    );
  expect(await slugs({})).toEqual(["engineering", "platform-core", "night-watch"]);
  expect(await slugs({ roots: true })).toEqual(["engineering", "night-watch"]);
  expect(await slugs({ users: ["lea"] })).toEqual(["engineering", "platform-core"]);
  const unscoped = createClient(simulator, "no-scope");
  await expect(ask(unscoped, all)).rejects.toThrow("INSUFFICIENT_SCOPES");
});

test("the audit log records changes of teams", async () => {
  await owner(`POST ${teams}`, { name: "Seen", privacy: "closed" });
  await owner(`PUT ${teams}/seen/memberships/dee`);
  await owner(`PUT ${teams}/seen/memberships/dee`, { role: "maintainer" });
  await owner(`PUT ${teams}/seen/memberships/dee`, { role: "member" });
  await owner(`DELETE ${teams}/seen/memberships/dee`);
  await owner(`PUT ${teams}/seen/repos/acme/web`, { permission: "pull" });
  await owner(`PUT ${teams}/seen/repos/acme/web`, { permission: "admin" });
  await owner(`DELETE ${teams}/seen/repos/acme/web`);
  await owner(`PATCH ${teams}/seen`, { name: "Noticed", parent_team_slug: "engineering" });
  await owner(`DELETE ${teams}/noticed`);
  const { body } = await owner("GET /orgs/acme/audit-log?order=asc&per_page=100");
  const own = body.filter((entry: { team?: string }) => /seen|noticed/.test(entry.team ?? ""));
  expect(own.map(({ action }: { action: string }) => action)).toEqual([
    "team.create",
    "team.add_member",
    "team.add_member",
    "team.promote_maintainer",
    "team.demote_maintainer",
    "team.remove_member",
    "team.add_repository",
    "team.update_repository_permission",
    "team.remove_repository",
    "team.rename",
    "team.change_parent_team",
    "team.destroy",
  ]);
  expect(own[2]).toMatchObject({ team: "acme/seen", user: "dee", actor: "ada" });
  expect(own[7]).toMatchObject({
    repo: "acme/web",
    old_repo_permission: "pull",
    new_repo_permission: "admin",
  });
});
