import { afterAll, beforeAll, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "../../src/index.ts";
import { createClient, type Client } from "../support/client.ts";

let simulator: Simulator;
let owner: Client;
let member: Client;
let guest: Client;

const scopes = ["repo", "admin:org", "read:audit_log"];

beforeAll(async () => {
  const seed = parseSeed({
    organisation: { login: "acme", plan: "enterprise", basePermission: "read" },
    users: [
      { login: "ada", role: "admin" },
      { login: "dee" },
      { login: "Eve", role: "none" },
      { login: "zoe", role: "none" },
    ],
    tokens: [
      { name: "owner", owner: "ada", scopes },
      { name: "member", owner: "dee", scopes },
      { name: "guest", owner: "Eve", scopes },
    ],
    repositories: [
      { name: "web", visibility: "private", collaborators: { dee: "write", Zoe: "read" } },
    ],
    teams: [{ name: "ops" }],
  });
  simulator = await startSimulator({ actions: false, seed });
  owner = createClient(simulator, "owner");
  member = createClient(simulator, "member");
  guest = createClient(simulator, "guest");
});
afterAll(() => simulator.close());

const memberships = "/orgs/acme/memberships";
const logins = ({ body }: { body: { login: string }[] }) => body.map(({ login }) => login);

test("an invited person becomes a member on acceptance, also of the teams in the invitation", async () => {
  const put = await owner(`PUT ${memberships}/eve`, {});
  expect(put.body).toMatchObject({ state: "pending", role: "member", user: { login: "Eve" } });
  const inTeam = await owner("PUT /orgs/acme/teams/ops/memberships/eve", { role: "maintainer" });
  expect(inTeam.body).toMatchObject({ state: "pending", role: "maintainer" });
  expect(logins(await owner("GET /orgs/acme/teams/ops/members"))).toEqual([]);
  await guest.expecting(404, "GET /repos/acme/web");
  await owner.expecting(404, "GET /orgs/acme/members/eve");
  expect((await guest("GET /user/memberships/orgs?state=pending")).body).toHaveLength(1);
  expect((await guest("GET /user/orgs")).body).toEqual([]);

  const accepted = await guest("PATCH /user/memberships/orgs/acme", { state: "active" });
  expect(accepted.body).toMatchObject({ state: "active", role: "member" });
  await guest.expecting(200, "GET /repos/acme/web");
  await owner.expecting(204, "GET /orgs/acme/members/eve");
  expect((await guest("GET /user/orgs")).body).toMatchObject([{ login: "acme" }]);
  expect((await owner("GET /orgs/acme/teams/ops/memberships/eve")).body).toMatchObject({
    state: "active",
    role: "maintainer",
  });
});

test("a role changes what somebody may do, and the last owner keeps the role", async () => {
  await member.expecting(403, `PUT ${memberships}/dee`, { role: "admin" });
  await owner(`PUT ${memberships}/dee`, { role: "admin" });
  expect((await member(`GET ${memberships}/ada`)).body.role).toBe("admin");
  expect(logins(await owner("GET /orgs/acme/members?role=admin"))).toEqual(["ada", "dee"]);
  await member(`PUT ${memberships}/dee`, { role: "member" });
  await owner.expecting(403, `PUT ${memberships}/ada`, { role: "member" });
  await owner.expecting(403, `DELETE ${memberships}/ada`);
  await owner.expecting(404, `PUT ${memberships}/nobody`, {});
});

test("somebody who leaves loses all teams and repositories", async () => {
  await owner("PUT /orgs/acme/teams/ops/memberships/dee");
  await owner.expecting(204, "DELETE /orgs/acme/members/dee");
  await owner.expecting(404, "DELETE /orgs/acme/members/dee");
  await owner.expecting(404, `GET ${memberships}/dee`);
  await owner.expecting(404, "GET /orgs/acme/teams/ops/memberships/dee");
  await member.expecting(404, "GET /repos/acme/web");
  const list = (affiliation: string) =>
    owner(`GET /repos/acme/web/collaborators?affiliation=${affiliation}`);
  expect(logins(await list("direct"))).toEqual(["zoe"]);
  expect(logins(await list("outside"))).toEqual(["zoe"]);
});

test("invitations are listed and withdrawn", async () => {
  const { id } = (await owner("GET /users/zoe")).body;
  const teamId = (await owner("GET /orgs/acme/teams/ops")).body.id;
  const asked = { invitee_id: id, team_ids: [teamId] };
  const made = await owner("POST /orgs/acme/invitations", asked);
  expect(made).toMatchObject({
    status: 201,
    body: { login: "zoe", role: "direct_member", team_count: 1, inviter: { login: "ada" } },
  });
  const path = `/orgs/acme/invitations/${made.body.id}`;
  expect((await owner("GET /orgs/acme/invitations")).body).toEqual([made.body]);
  expect((await owner("GET /orgs/acme/invitations?role=admin")).body).toEqual([]);
  await guest.expecting(403, "GET /orgs/acme/invitations");
  await owner.expecting(204, `DELETE ${path}`);
  await owner.expecting(404, `DELETE ${path}`);
  await owner.expecting(404, "GET /orgs/acme/teams/ops/memberships/zoe");
  const own = { invitee_id: (await owner("GET /user")).body.id };
  await owner.expecting(422, "POST /orgs/acme/invitations", own);
  const byMail = { email: "someone@example.com" };
  await owner.expecting(501, "POST /orgs/acme/invitations", byMail);
});

test("an invitation is cancelled", async () => {
  await owner(`PUT ${memberships}/zoe`, { role: "admin" });
  expect((await owner(`GET ${memberships}/zoe`)).body).toMatchObject({
    state: "pending",
    role: "admin",
  });
  await owner.expecting(204, `DELETE ${memberships}/zoe`);
  await owner.expecting(404, `GET ${memberships}/zoe`);
  // They keep their rights outside the organisation.
  expect(logins(await owner("GET /repos/acme/web/collaborators?affiliation=outside"))).toEqual([
    "zoe",
  ]);
});

test("outsiders see only public members", async () => {
  const anyone = createClient(simulator);
  expect((await anyone("GET /orgs/acme/members")).body).toEqual([]);
  const asked = await anyone.expecting(302, "GET /orgs/acme/members/ada");
  const shown = asked.headers.get("location")!.replace(simulator.url, "");
  await anyone.expecting(404, `GET ${shown}`);
  expect((await anyone("GET /orgs/acme/public_members")).body).toEqual([]);
  expect((await anyone("GET /users/ada/orgs")).body).toEqual([]);
  await anyone.expecting(401, `GET ${memberships}/ada`);
});

test("the audit log records who joined, changed roles and left", async () => {
  const { body } = await owner("GET /orgs/acme/audit-log?order=asc&per_page=100");
  const own = body.filter(({ action }: { action: string }) => action.startsWith("org."));
  expect(
    own.map((entry: Record<string, string>) => [entry.action, entry.user, entry.permission]),
  ).toEqual([
    ["org.invite_member", "Eve", "read"],
    ["org.add_member", "Eve", "read"],
    ["org.update_member", "dee", "admin"],
    ["org.update_member", "dee", "read"],
    ["org.remove_member", "dee", undefined],
    ["org.invite_member", "zoe", "read"],
    ["org.cancel_invitation", "zoe", undefined],
    ["org.invite_member", "zoe", "admin"],
    ["org.cancel_invitation", "zoe", undefined],
  ]);
});
