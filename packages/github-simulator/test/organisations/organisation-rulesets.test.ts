import { afterEach, beforeEach, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { base64, createClient, type Client } from "../support/client.ts";
import { mintClassic } from "../support/mint-classic.ts";
import { startAcme } from "../support/start-acme.ts";

const path = "/orgs/acme/rulesets";

let simulator: Simulator;
let admin: Client;
let dev: Client;

beforeEach(async () => {
  simulator = await startAcme({}, ({ organisation }) => (organisation.plan = "enterprise"));
  mintClassic(simulator, "dev", "acme-dev", ["repo"]);
  admin = createClient(simulator, "admin");
  dev = createClient(simulator, "dev");
});
afterEach(() => simulator.close());

const everyBranch = { include: ["~ALL"], exclude: [] };
const hold = {
  name: "hold",
  target: "branch",
  enforcement: "active",
  conditions: {
    ref_name: everyBranch,
    repository_name: { include: ["w*", "API"], exclude: ["worker"] },
  },
  bypass_actors: [{ actor_id: 1, actor_type: "OrganizationAdmin", bypass_mode: "always" }],
  rules: [{ type: "update" }, { type: "deletion" }],
};

/** The status of a write to the default branch, and why it was refused. */
async function write(client: Client, repo: string): Promise<[number, string]> {
  const { status, body } = await client.attempt(
    `PUT /repos/acme/${repo}/contents/x-${Math.random()}`,
    {
      message: "Add x",
      content: base64("x"),
    },
  );
  return [status, status === 409 ? body.message.split("\n")[2] : ""];
}
const held = [409, "Cannot update this protected branch."];
const free = [201, ""];

test("an organisation's ruleset applies to repositories with matching names", async () => {
  const { body } = await admin.expecting(201, `POST ${path}`, hold);
  expect(body).toMatchObject({
    ...hold,
    source_type: "Organization",
    source: "acme",
    _links: { html: { href: `https://github.com/organizations/acme/settings/rules/${body.id}` } },
  });
  expect(body).not.toHaveProperty("current_user_can_bypass");
  expect((await admin(`GET ${path}/${body.id}`)).body).toEqual(body);
  expect((await admin(`GET ${path}`)).body).toMatchObject([{ id: body.id, name: "hold" }]);
  expect((await admin(`GET ${path}?targets=tag,push`)).body).toEqual([]);

  expect(await write(dev, "web")).toEqual(held);
  expect(await write(dev, "api")).toEqual(held);
  expect(await write(dev, "gateway")).toEqual(free);
  expect(await write(admin, "web")).toEqual(free);

  await admin(`PUT ${path}/${body.id}`, { enforcement: "disabled" });
  expect(await write(dev, "web")).toEqual(free);
  await admin(`PUT ${path}/${body.id}`, { enforcement: "active", bypass_actors: [] });
  expect(await write(admin, "web")).toEqual(held);
  await admin.expecting(204, `DELETE ${path}/${body.id}`);
  await admin.expecting(404, `GET ${path}/${body.id}`);
  expect(await write(admin, "web")).toEqual(free);
});

test("or to those that it lists", async () => {
  const { world } = simulator;
  const repository_ids = [world.repository("acme/web").id];
  const conditions = { ref_name: everyBranch, repository_id: { repository_ids } };
  const { body } = await admin(`POST ${path}`, { ...hold, conditions });
  expect(body.conditions).toEqual(conditions);
  expect(await write(dev, "web")).toEqual(held);
  expect(await write(dev, "api")).toEqual(free);
});

test("repositories list it among their rules, unless only their own are requested", async () => {
  const { id } = (await admin(`POST ${path}`, hold)).body;
  const own = (
    await admin("POST /repos/acme/web/rulesets", {
      name: "hold",
      enforcement: "active",
      conditions: { ref_name: everyBranch },
      rules: [{ type: "non_fast_forward" }],
    })
  ).body;
  const listed = async (query: string) =>
    (await admin(`GET /repos/acme/web/rulesets${query}`)).body.map(
      (ruleset: Record<string, unknown>) => [
        ruleset.id,
        ruleset.source_type,
        ruleset.source,
        ruleset.current_user_can_bypass,
      ],
    );
  const ofWeb = [own.id, "Repository", "acme/web", "never"];
  expect(await listed("")).toEqual([[id, "Organization", "acme", "always"], ofWeb]);
  expect(await listed("?includes_parents=false")).toEqual([ofWeb]);
  const inherited = `/repos/acme/web/rulesets/${id}`;
  expect((await admin(`GET ${inherited}`)).body.conditions).toEqual(hold.conditions);
  expect((await dev(`GET ${inherited}`)).body).not.toHaveProperty("bypass_actors");
  await admin.expecting(404, `GET ${inherited}?includes_parents=false`);
  // Only the organisation can change it.
  await admin.expecting(404, `PUT ${inherited}`, { enforcement: "disabled" });
  await admin.expecting(404, `DELETE ${inherited}`);

  const ofOrganisation = {
    ruleset_source_type: "Organization",
    ruleset_source: "acme",
    ruleset_id: id,
  };
  expect((await dev("GET /repos/acme/web/rules/branches/main")).body).toEqual([
    { type: "update", ...ofOrganisation },
    { type: "deletion", ...ofOrganisation },
    {
      type: "non_fast_forward",
      ruleset_source_type: "Repository",
      ruleset_source: "acme/web",
      ruleset_id: own.id,
    },
  ]);
  expect((await admin("GET /repos/acme/api/branches/main")).body.protected).toBe(true);
  expect((await admin("GET /repos/acme/gateway/branches/main")).body.protected).toBe(false);
});

test("it selects its repositories with exactly one condition", async () => {
  const words =
    "Invalid request.\n\nInvalid property /conditions: data matches no possible input. See `documentation_url`.";
  const { repository_name } = hold.conditions;
  for (const conditions of [
    { ref_name: everyBranch },
    { repository_name },
    { ref_name: everyBranch, repository_name, repository_id: { repository_ids: [1] } },
  ]) {
    const { body } = await admin.expecting(422, `POST ${path}`, { ...hold, conditions });
    expect(body.message).toEqual(words);
  }
  await admin(`POST ${path}`, hold);
  const again = await admin.expecting(422, `POST ${path}`, hold);
  expect(again.body.errors).toEqual(["Name must be unique"]);
});

test("only the organisation's owners can change it, and the audit log records it", async () => {
  await dev.expecting(403, `POST ${path}`, hold);
  const { id } = (await admin(`POST ${path}`, hold)).body;
  await admin(`PUT ${path}/${id}`, { name: "held" });
  await admin(`DELETE ${path}/${id}`);
  const { body } = await admin("GET /orgs/acme/audit-log?phrase=actor:acme-admin&order=asc");
  expect(
    body.map(({ action, ruleset_name, org }: Record<string, string>) => [
      action,
      ruleset_name,
      org,
    ]),
  ).toEqual([
    ["repository_ruleset.create", "hold", "acme"],
    ["repository_ruleset.update", "held", "acme"],
    ["repository_ruleset.destroy", "held", "acme"],
  ]);
});

test("rules that would not be enforced are refused", async () => {
  const conditions = {
    ref_name: everyBranch,
    repository_name: { include: ["~ALL"], exclude: [], protected: true },
  };
  await admin.expecting(501, `POST ${path}`, { ...hold, conditions });
  const checks = [{ context: "ci", integration_id: 15_368 }];
  const pullRequest = {
    required_approving_review_count: 1,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
  };
  for (const rule of [
    { type: "workflows" },
    { type: "pull_request", parameters: { ...pullRequest, allowed_merge_methods: ["squash"] } },
    {
      type: "required_status_checks",
      parameters: { required_status_checks: checks, strict_required_status_checks_policy: true },
    },
  ]) {
    await admin.expecting(501, `POST ${path}`, { ...hold, rules: [rule] });
  }
});
