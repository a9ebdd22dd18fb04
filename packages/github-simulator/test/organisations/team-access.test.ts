import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { base64, createClient, type Client } from "../support/client.ts";
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

async function mayWrite(client: Client, repo: string): Promise<number> {
  const path = `/repos/acme/${repo}/contents/x-${Math.random()}`;
  return (await client.attempt(`PUT ${path}`, { message: "Add x", content: base64("x") })).status;
}

test("a team's role applies to its members and to those of its child teams", async () => {
  expect(await mayWrite(lead, "web")).toBe(201);
  expect(await mayWrite(dev, "web")).toBe(404);
  await dev.expecting(404, "GET /repos/acme/web");
  // In the child team, the higher of both roles counts.
  const { body } = await lead("GET /repos/acme/web/collaborators/lea/permission");
  expect(body).toMatchObject({ permission: "write", role_name: "write" });
  expect((await lead("GET /repos/acme/api")).body.permissions).toMatchObject({
    maintain: true,
    admin: false,
  });
  await owner(`PUT ${teams}/engineering/memberships/dee`);
  expect(await mayWrite(dev, "web")).toBe(201);
  await dev.expecting(404, "GET /repos/acme/api");
  await owner(`PUT ${teams}/engineering/repos/acme/web`, { permission: "triage" });
  expect(await mayWrite(dev, "web")).toBe(404);
  await owner(`DELETE ${teams}/engineering/repos/acme/web`);
  await dev.expecting(404, "GET /repos/acme/web");
  expect((await owner("GET /repos/acme/web/collaborators/lea/permission")).body.role_name).toBe(
    "read",
  );
  await owner(`PUT ${teams}/engineering/repos/acme/web`, { permission: "push" });
  await owner(`DELETE ${teams}/engineering/memberships/dee`);
  await dev.expecting(404, "GET /repos/acme/web");
});

test("people with access through a team are collaborators, but not direct ones", async () => {
  const list = async (query: string) => {
    const { body } = await owner(`GET /repos/acme/api/collaborators?affiliation=${query}`);
    return body.map((item: { login: string; role_name: string }) => [item.login, item.role_name]);
  };
  expect(await list("all")).toEqual([
    ["ada", "admin"],
    ["lea", "maintain"],
  ]);
  expect(await list("direct")).toEqual([]);
  expect(await list("outside")).toEqual([]);
  await owner.expecting(204, "GET /repos/acme/api/collaborators/lea");
  // Everybody can read a public repository; that makes nobody a collaborator.
  await owner.expecting(404, "GET /repos/acme/site/collaborators/lea");
});

test("members see teams that are not secret, create their own, and cannot change others", async () => {
  expect(namesOf((await owner(`GET ${teams}`)).body)).toEqual([
    "Engineering",
    "Platform Core",
    "Night watch",
  ]);
  expect(namesOf((await dev(`GET ${teams}`)).body)).toEqual(["Engineering", "Platform Core"]);
  await dev.expecting(404, `GET ${teams}/night-watch`);
  await dev.expecting(403, `PATCH ${teams}/engineering`, { name: "Ours" });
  const refused = await dev.expecting(403, `PUT ${teams}/engineering/memberships/dee`);
  expect(refused.body.message).toBe(
    "You must be an organization owner or team maintainer to add a team membership.",
  );
  const made = await dev(`POST ${teams}`, { name: "Ours" });
  expect(made).toMatchObject({ status: 201, body: { members_count: 1 } });
  expect((await dev(`GET ${teams}/ours/memberships/dee`)).body.role).toBe("maintainer");
  expect((await dev.expecting(422, `POST ${teams}`, { name: "ours" })).body.errors).toEqual([
    {
      resource: "Team",
      code: "unprocessable",
      field: "data",
      message: "Name must be unique for this org",
    },
  ]);
  const { id } = (await owner(`GET ${teams}/engineering`)).body;
  await dev.expecting(501, `PATCH ${teams}/ours`, { privacy: "closed", parent_team_id: id });
  await dev.expecting(204, `DELETE ${teams}/ours`);
});

test("tokens without the right for teams are refused", async () => {
  const ask = async (token: string | undefined) => {
    const { status, body } = await createClient(simulator, token).attempt(`GET ${teams}`);
    return [status, body.message];
  };
  expect(await ask(undefined)).toEqual([401, "Requires authentication"]);
  expect(await ask("no-scope")).toEqual([403, "Must have admin rights to Repository."]);
  expect(await ask("stranger")).toEqual([403, "Must have admin rights to Repository."]);
  expect(await ask("fine")).toEqual([403, "Resource not accessible by personal access token"]);
  const app = createClient(simulator, "app");
  const made = await app(`POST ${teams}`, { name: "Bots" });
  expect(made).toMatchObject({ status: 201, body: { members_count: 0 } });
  await app.expecting(204, `DELETE ${teams}/bots`);
});
