import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { base64, createClient, type Client } from "../support/client.ts";
import { mintClassic } from "../support/mint-classic.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let admin: Client;
let dev: Client;

beforeAll(async () => {
  simulator = await startAcme();
  mintClassic(simulator, "dev", "acme-dev", ["repo"]);
  admin = createClient(simulator, "admin");
  dev = createClient(simulator, "dev");
});
afterAll(() => simulator.close());

const nothing = {
  required_status_checks: null,
  required_pull_request_reviews: null,
  enforce_admins: true,
  restrictions: null,
};

/** Writes a file to a branch; returns the status and GitHub's message. */
async function write(client: Client, repo: string, branch: string) {
  const { status, body } = await client.attempt(
    `PUT /repos/acme/${repo}/contents/x-${Math.random()}`,
    {
      message: "Add x",
      content: base64("x"),
      branch,
    },
  );
  return [status, status === 409 ? body.message.split("\n")[2] : ""];
}

test("classic protection stores all fields of a PUT, and returns them", async () => {
  const path = "/repos/acme/web/branches/main/protection";
  const { body } = await admin(`PUT ${path}`, {
    required_status_checks: { strict: true, checks: [{ context: "ci" }] },
    required_pull_request_reviews: {
      dismiss_stale_reviews: true,
      require_code_owner_reviews: true,
      require_last_push_approval: true,
      required_approving_review_count: 2,
      dismissal_restrictions: { users: ["acme-admin"], teams: [] },
      bypass_pull_request_allowances: { users: ["acme-admin"] },
    },
    enforce_admins: true,
    restrictions: { users: ["acme-dev"], teams: [] },
    required_linear_history: true,
    required_conversation_resolution: true,
    block_creations: true,
    allow_force_pushes: true,
  });
  expect(body).toMatchObject({
    required_status_checks: { strict: true, contexts: ["ci"] },
    required_pull_request_reviews: {
      dismiss_stale_reviews: true,
      require_code_owner_reviews: true,
      require_last_push_approval: true,
      required_approving_review_count: 2,
      dismissal_restrictions: { users: [{ login: "acme-admin" }] },
      bypass_pull_request_allowances: { users: [{ login: "acme-admin" }] },
    },
    restrictions: { users: [{ login: "acme-dev" }], teams: [], apps: [] },
    enforce_admins: { enabled: true },
    required_linear_history: { enabled: true },
    required_conversation_resolution: { enabled: true },
    block_creations: { enabled: true },
    allow_force_pushes: { enabled: true },
    allow_deletions: { enabled: false },
  });
  expect((await admin(`GET ${path}`)).body).toEqual(body);
  for (const part of ["required_pull_request_reviews", "required_status_checks", "restrictions"]) {
    await admin.expecting(200, `GET ${path}/${part}`);
    await admin.expecting(204, `DELETE ${path}/${part}`);
    await admin.expecting(404, `GET ${path}/${part}`);
  }
  await admin(`DELETE ${path}`);
});

test("a locked branch, and one for some people only, refuse the others", async () => {
  const path = "/repos/acme/api/branches/main/protection";
  await admin(`PUT ${path}`, { ...nothing, lock_branch: true });
  expect(await write(admin, "api", "main")).toEqual([409, "Cannot update this protected branch."]);
  await admin(`PUT ${path}`, { ...nothing, restrictions: { users: ["acme-dev"], teams: [] } });
  expect(await write(admin, "api", "main")).toEqual([
    409,
    "You're not authorized to push to this branch.",
  ]);
  expect(await write(dev, "api", "main")).toEqual([201, ""]);
  const restricted = async (restrictions: object) =>
    (await admin.attempt(`PUT ${path}`, { ...nothing, restrictions })).status;
  expect(await restricted({ users: [], teams: ["no-team"] })).toBe(422);
  expect(await restricted({ users: [], teams: [], apps: ["ops"] })).toBe(501);
  await admin(`DELETE ${path}`);
});

test("administrators neither force-push nor delete a protected branch unless that is allowed", async () => {
  const { byHand, world } = simulator;
  const path = "/repos/acme/mailer/branches/main/protection";
  const ref = "/repos/acme/mailer/git/refs/heads";
  const first = world.repository("acme/mailer").refs.get("refs/heads/main");
  const second = byHand("acme-admin").editFiles("acme/mailer", { "x.txt": "x" });
  await admin("POST /repos/acme/mailer/git/refs", { ref: "refs/heads/kept", sha: second });
  const back = async (branch: string) => {
    const { status, body } = await admin.attempt(`PATCH ${ref}/${branch}`, {
      sha: first,
      force: true,
    });
    return [status, body.message?.split("\n")[2]];
  };
  for (const enforce_admins of [false, true]) {
    await admin(`PUT ${path}`, { ...nothing, enforce_admins });
    await admin(`PUT ${path.replace("main", "kept")}`, { ...nothing, enforce_admins });
    expect(await back("main")).toEqual([422, "Cannot force-push to this branch"]);
    await admin.expecting(422, `DELETE ${ref}/kept`);
  }
  await admin(`PUT ${path}`, { ...nothing, enforce_admins: false, lock_branch: true });
  expect(await write(admin, "mailer", "main")).toEqual([201, ""]);
  const rewritable = { ...nothing, allow_force_pushes: true, allow_deletions: true };
  await admin(`PUT ${path}`, rewritable);
  await admin(`PUT ${path.replace("main", "kept")}`, rewritable);
  expect(await back("main")).toEqual([200, undefined]);
  await admin.expecting(204, `DELETE ${ref}/kept`);
  // A rule outlives its branch, and keeps its address.
  world.repository("acme/mailer").rules = [];
});

test("GraphQL writes the same rules, by pattern", async () => {
  const { node_id: repositoryId } = (await admin("GET /repos/acme/mailer")).body;
  const ask = async (query: string, input: object) =>
    (await admin("POST /graphql", { query, variables: { input } })).body;
  const create = (pattern: string) =>
    ask(
      `mutation ($input: CreateBranchProtectionRuleInput!) {
        createBranchProtectionRule(input: $input) { branchProtectionRule { id pattern } }
      }`,
      { repositoryId, pattern, isAdminEnforced: true, requiresApprovingReviews: true },
    );
  const made = await create("ma*");
  const { id } = made.data.createBranchProtectionRule.branchProtectionRule;
  await expect(create("ma*")).rejects.toThrow("Name already protected: ma*");
  expect(await write(admin, "mailer", "main")).toEqual([
    409,
    "Changes must be made through a pull request.",
  ]);
  const byRest = await admin("GET /repos/acme/mailer/branches/main/protection");
  expect(byRest.body.required_pull_request_reviews).toBeDefined();
  const { data } = await ask(
    `mutation ($input: UpdateBranchProtectionRuleInput!) {
      updateBranchProtectionRule(input: $input) {
        branchProtectionRule {
          isAdminEnforced requiresApprovingReviews requiresLinearHistory
          matchingRefs(first: 5) { nodes { name } }
        }
      }
    }`,
    { branchProtectionRuleId: id, requiresApprovingReviews: false, requiresLinearHistory: true },
  );
  expect(data.updateBranchProtectionRule.branchProtectionRule).toEqual({
    isAdminEnforced: true,
    requiresApprovingReviews: false,
    requiresLinearHistory: true,
    matchingRefs: { nodes: [{ name: "main" }] },
  });
  expect(await write(admin, "mailer", "main")).toEqual([201, ""]);
  await ask(
    `mutation ($input: DeleteBranchProtectionRuleInput!) {
      deleteBranchProtectionRule(input: $input) { clientMutationId }
    }`,
    { branchProtectionRuleId: id },
  );
  expect(simulator.world.repository("acme/mailer").rules).toEqual([]);
});

test("a ruleset's bypass list exempts its roles, and no others", async () => {
  const { body } = await admin.expecting(201, "POST /repos/acme/gateway/rulesets", {
    name: "hold",
    enforcement: "active",
    conditions: { ref_name: { include: ["~ALL"], exclude: [] } },
    bypass_actors: [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" }],
    rules: [{ type: "creation" }, { type: "update" }],
  });
  expect(body.current_user_can_bypass).toBe("always");
  const branch = simulator.world.repository("acme/gateway").defaultBranch;
  expect(await write(admin, "gateway", branch)).toEqual([201, ""]);
  expect(await write(dev, "gateway", branch)).toEqual([
    409,
    "Cannot update this protected branch.",
  ]);
  const sha = simulator.world.repository("acme/gateway").refs.get(`refs/heads/${branch}`);
  const created = await dev.expecting(422, "POST /repos/acme/gateway/git/refs", {
    ref: "refs/heads/new",
    sha,
  });
  expect(created.body.message.split("\n")[2]).toBe("Cannot create this branch");
});
