import { afterEach, beforeEach, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { base64, createClient, type Client } from "../support/client.ts";
import { mintClassic } from "../support/mint-classic.ts";
import { startAcme } from "../support/start-acme.ts";

const schema = "/orgs/acme/properties/schema";

let simulator: Simulator;
let admin: Client;
let dev: Client;

beforeEach(async () => {
  simulator = await startAcme({}, ({ organisation, repositories }) => {
    organisation.plan = "enterprise";
    repositories.find(({ name }) => name === "web")!.collaborators = { "acme-dev": "admin" };
  });
  mintClassic(simulator, "dev", "acme-dev", ["repo", "read:org"]);
  admin = createClient(simulator, "admin");
  dev = createClient(simulator, "dev");
});
afterEach(() => simulator.close());

const tier = { value_type: "single_select", allowed_values: ["gold", "silver"] };

const setValues = (client: Client, value: unknown, property_name = "tier", status = 204) =>
  client.expecting(status, "PATCH /repos/acme/web/properties/values", {
    properties: [{ property_name, value }],
  });

test("an organisation defines the properties of its repositories", async () => {
  const { body } = await admin.expecting(200, `PUT ${schema}/tier`, {
    ...tier,
    description: "How good",
  });
  expect(body).toEqual({
    property_name: "tier",
    url: expect.stringMatching(/\/orgs\/acme\/properties\/schema\/tier$/),
    source_type: "organization",
    value_type: "single_select",
    required: false,
    default_value: null,
    description: "How good",
    allowed_values: ["gold", "silver"],
    values_editable_by: "org_actors",
    require_explicit_values: false,
  });
  const properties = [
    { property_name: "team", value_type: "string", required: true, default_value: "ops" },
    { property_name: "on", value_type: "multi_select", allowed_values: ["amd64", "arm64"] },
  ];
  expect((await admin(`PATCH ${schema}`, { properties })).body).toMatchObject(properties);
  const names = (await dev(`GET ${schema}`)).body.map(
    (each: { property_name: string }) => each.property_name,
  );
  expect(names).toEqual(["tier", "team", "on"]);
  expect((await dev(`GET ${schema}/TIER`)).body).toEqual(body);
  await dev.expecting(403, `PUT ${schema}/mine`, tier);
  await admin.expecting(204, `DELETE ${schema}/tier`);
  await admin.expecting(404, `GET ${schema}/tier`);
});

test("repositories have their own values, and defaults of required properties", async () => {
  await admin(`PUT ${schema}/tier`, tier);
  await admin(`PUT ${schema}/team`, { value_type: "string", required: true, default_value: "ops" });
  await admin(`PUT ${schema}/on`, {
    value_type: "multi_select",
    allowed_values: ["amd64", "arm64"],
  });
  const properties = [
    { property_name: "tier", value: "gold" },
    { property_name: "on", value: ["amd64", "arm64"] },
  ];
  const many = { repository_names: ["web", "api"], properties };
  await admin.expecting(204, "PATCH /orgs/acme/properties/values", many);
  await setValues(admin, "shop", "team");
  expect((await dev("GET /repos/acme/web/properties/values")).body).toEqual([
    { property_name: "tier", value: "gold" },
    { property_name: "team", value: "shop" },
    { property_name: "on", value: ["amd64", "arm64"] },
  ]);
  const all = { tier: "gold", team: "shop", on: ["amd64", "arm64"] };
  expect((await dev("GET /repos/acme/web")).body.custom_properties).toEqual(all);
  await setValues(admin, null, "team");
  await setValues(admin, null, "tier");
  expect((await admin("GET /repos/acme/web/properties/values")).body).toEqual([
    { property_name: "team", value: "ops" },
    { property_name: "on", value: ["amd64", "arm64"] },
  ]);
  await admin(`DELETE ${schema}/on`);
  expect((await admin("GET /repos/acme/web")).body.custom_properties).toEqual({ team: "ops" });
});

test("invalid values are refused", async () => {
  const put = (status: number, name: string, body: object) =>
    admin.expecting(status, `PUT ${schema}/${name}`, body);
  const listed = await put(422, "a", { value_type: "string", allowed_values: ["x"] });
  expect(listed.body.message).toBe(
    "Validation failed: Allowed values must be nil if value_type is string",
  );
  for (const [name, body] of [
    ["a", { value_type: "single_select" }],
    ["a", { value_type: "string", required: true }],
    ["a", { ...tier, required: true, default_value: "bronze" }],
    ["a:b", { value_type: "string" }],
  ] as const) {
    await put(422, name, body);
  }
  await put(200, "tier", tier);
  const unknown = await setValues(admin, "x", "nobody", 422);
  expect(unknown.body.message).toBe("Unexpected property 'nobody'");
  await setValues(admin, "bronze", "tier", 422);
  await setValues(admin, ["gold"], "tier", 422);
  await setValues(admin, "gold");
  await put(501, "tier", { ...tier, allowed_values: ["silver"] });
  await put(501, "late", { ...tier, require_explicit_values: true });
});

test("owners set values, and so do a repository's administrators if allowed", async () => {
  await admin(`PUT ${schema}/tier`, tier);
  await setValues(dev, "gold", "tier", 403);
  await admin(`PUT ${schema}/tier`, { ...tier, values_editable_by: "org_and_repo_actors" });
  await setValues(dev, "gold");
  const many = {
    repository_names: ["web"],
    properties: [{ property_name: "tier", value: "silver" }],
  };
  await dev.expecting(403, "PATCH /orgs/acme/properties/values", many);
  await setValues(admin, "silver");
  await setValues(admin, null);
  await admin(`DELETE ${schema}/tier`);
  const { body } = await admin("GET /orgs/acme/audit-log?phrase=repo:acme/web&order=asc");
  expect(
    body.map(({ action, actor, value }: Record<string, string>) => [action, actor, value]),
  ).toEqual([
    ["custom_property_value.create", "acme-dev", "gold"],
    ["custom_property_value.update", "acme-admin", "silver"],
    ["custom_property_value.destroy", "acme-admin", "silver"],
  ]);
  const defined = await admin("GET /orgs/acme/audit-log?phrase=action:custom_property_definition");
  expect(defined.body.map(({ action }: { action: string }) => action)).toEqual([
    "custom_property_definition.destroy",
    "custom_property_definition.update",
    "custom_property_definition.create",
  ]);
});

test("a ruleset applies to the repositories with its properties", async () => {
  await admin(`PUT ${schema}/tier`, tier);
  await admin(`PUT ${schema}/frozen`, { value_type: "true_false" });
  const repository_property = {
    include: [{ name: "tier", property_values: ["gold"], source: "custom" }],
    exclude: [{ name: "frozen", property_values: ["true"], source: "custom" }],
  };
  const ruleset = {
    name: "hold",
    enforcement: "active",
    conditions: { ref_name: { include: ["~ALL"], exclude: [] }, repository_property },
    rules: [{ type: "update" }],
  };
  const { body } = await admin("POST /orgs/acme/rulesets", ruleset);
  expect(body.conditions).toEqual(ruleset.conditions);
  const write = async () => {
    const path = `/repos/acme/web/contents/x-${Math.random()}`;
    return (await dev.attempt(`PUT ${path}`, { message: "Add x", content: base64("x") })).status;
  };
  expect(await write()).toBe(201);
  await setValues(admin, "gold");
  expect(await write()).toBe(409);
  await setValues(admin, "true", "frozen");
  expect(await write()).toBe(201);
  const system = { name: "visibility", property_values: ["public"], source: "system" };
  await admin.expecting(501, `PUT /orgs/acme/rulesets/${body.id}`, {
    conditions: {
      ref_name: { include: ["~ALL"], exclude: [] },
      repository_property: { include: [system], exclude: [] },
    },
  });
});
