import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { base64, createClient, type Client } from "../support/client.ts";
import { startTeams } from "../support/start-teams.ts";

let simulator: Simulator;
let owner: Client;
let lead: Client;
let dev: Client;
let core: { id: number; node_id: string };

beforeAll(async () => {
  simulator = await startTeams();
  owner = createClient(simulator, "owner");
  lead = createClient(simulator, "lead");
  dev = createClient(simulator, "dev");
  core = (await owner("GET /orgs/acme/teams/platform-core")).body;
  // Both may write; only one of them is in a team.
  await owner("PUT /repos/acme/web/collaborators/dee", { permission: "push" });
});
afterAll(() => simulator.close());

const protection = "/repos/acme/web/branches/main/protection";
const nothing = {
  required_status_checks: null,
  required_pull_request_reviews: null,
  enforce_admins: true,
  restrictions: null,
};

async function write(client: Client): Promise<number> {
  const path = `/repos/acme/web/contents/x-${Math.random()}`;
  return (await client.attempt(`PUT ${path}`, { message: "Add x", content: base64("x") })).status;
}

test("a branch for one team accepts pushes only from its members and those of child teams", async () => {
  const put = await owner(`PUT ${protection}`, {
    ...nothing,
    restrictions: { users: [], teams: ["engineering"] },
  });
  expect(put.body.restrictions).toMatchObject({ users: [], teams: [{ slug: "engineering" }] });
  expect([await write(lead), await write(dev), await write(owner)]).toEqual([201, 409, 409]);
  await owner(`DELETE ${protection}`);
});

test("a team needs no pull request where others do, with REST and with GraphQL", async () => {
  await owner(`PUT ${protection}`, {
    ...nothing,
    required_pull_request_reviews: {
      required_approving_review_count: 1,
      bypass_pull_request_allowances: { teams: ["platform-core"] },
      dismissal_restrictions: { teams: ["platform-core"] },
    },
  });
  expect([await write(lead), await write(dev)]).toEqual([201, 409]);
  const query = `query {
    repository(owner: "acme", name: "web") {
      branchProtectionRules(first: 1) {
        nodes {
          id
          bypassPullRequestAllowances(first: 5) { nodes { actor { ... on Team { slug } } } }
        }
      }
    }
  }`;
  const ask = async () => (await owner("POST /graphql", { query })).body.data.repository;
  const [rule] = (await ask()).branchProtectionRules.nodes;
  expect(rule.bypassPullRequestAllowances.nodes).toEqual([{ actor: { slug: "platform-core" } }]);
  const mutation = `mutation ($input: UpdateBranchProtectionRuleInput!) {
    updateBranchProtectionRule(input: $input) { clientMutationId }
  }`;
  const input = {
    branchProtectionRuleId: rule.id,
    requiresApprovingReviews: false,
    restrictsPushes: true,
    pushActorIds: [core.node_id],
  };
  await owner("POST /graphql", { query: mutation, variables: { input } });
  expect((await owner(`GET ${protection}/restrictions`)).body.teams).toMatchObject([
    { slug: "platform-core" },
  ]);
  expect([await write(lead), await write(dev)]).toEqual([201, 409]);
  await owner(`DELETE ${protection}`);
});

test("a ruleset's bypass list can contain a team", async () => {
  const ruleset = {
    name: "hold",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [{ type: "update" }],
  };
  const bypass = (actor_id: number) => ({
    ...ruleset,
    bypass_actors: [{ actor_id, actor_type: "Team", bypass_mode: "always" }],
  });
  await owner.expecting(422, "POST /repos/acme/web/rulesets", bypass(1));
  const { body } = await owner("POST /repos/acme/web/rulesets", bypass(core.id));
  expect(body.bypass_actors).toMatchObject([{ actor_id: core.id, actor_type: "Team" }]);
  const path = `/repos/acme/web/rulesets/${body.id}`;
  expect((await lead(`GET ${path}`)).body.current_user_can_bypass).toBe("always");
  expect((await dev(`GET ${path}`)).body.current_user_can_bypass).toBe("never");
  expect([await write(lead), await write(dev)]).toEqual([201, 409]);
  await owner(`DELETE ${path}`);
});

test("a team reviews an environment; after its deletion, no rule contains it", async () => {
  const environment = "/repos/acme/web/environments/release";
  const reviewedBy = (id: number) => ({ reviewers: [{ type: "Team", id }] });
  await owner.expecting(422, `PUT ${environment}`, reviewedBy(1));
  const { body } = await owner(`PUT ${environment}`, reviewedBy(core.id));
  expect(body.protection_rules).toMatchObject([
    { reviewers: [{ type: "Team", reviewer: { slug: "platform-core" } }] },
  ]);
  await owner(`PUT ${protection}`, {
    ...nothing,
    restrictions: { users: ["dee"], teams: ["platform-core"] },
  });
  await owner("DELETE /orgs/acme/teams/platform-core");
  expect((await owner(`GET ${environment}`)).body.protection_rules).toEqual([]);
  expect((await owner(`GET ${protection}`)).body.restrictions).toMatchObject({
    users: [{ login: "dee" }],
    teams: [],
  });
  expect([await write(owner), await write(dev)]).toEqual([409, 201]);
});

test("a deleted team is removed from an organisation's ruleset", async () => {
  const guests = await owner("POST /orgs/acme/teams", { name: "Guests" });
  const { body, status } = await owner("POST /orgs/acme/rulesets", {
    name: "everywhere",
    enforcement: "active",
    conditions: {
      ref_name: { include: ["~ALL"], exclude: [] },
      repository_name: { include: ["~ALL"], exclude: [] },
    },
    rules: [{ type: "deletion" }],
    bypass_actors: [{ actor_id: guests.body.id, actor_type: "Team", bypass_mode: "always" }],
  });
  expect([status, body.bypass_actors]).toMatchObject([201, [{ actor_id: guests.body.id }]]);
  await owner("DELETE /orgs/acme/teams/guests");
  expect((await owner(`GET /orgs/acme/rulesets/${body.id}`)).body.bypass_actors).toEqual([]);
  await owner(`DELETE /orgs/acme/rulesets/${body.id}`);
});
