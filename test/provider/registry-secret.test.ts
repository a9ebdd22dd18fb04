import { randomBytes } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { rotateSealingKey } from "github-simulator/testing";
import { startProvider, type Provider } from "./start-provider.ts";

const place = { scope: "repository", repository: "acme/api" } as const;
const value = randomBytes(20).toString("hex");
const earlier = "2020-01-01T00:00:00Z";
const request = { scope: "repository", owner: "acme", repository: "api", name: "GHCR_PAT", value };

let at: Provider;
beforeEach(async () => void (at = await startProvider()));

async function create() {
  const { inputs, failures } = await at.secret.check({}, request, at.context);
  expect(failures).toEqual([]);
  const { state, id } = await at.secret.create(inputs, false, at.context);
  return { inputs, state, id };
}

test("what check returns holds no value, and the box opens to it", async () => {
  const { inputs, state, id } = await create();
  expect(id).toBe("acme/api/GHCR_PAT");
  expect(JSON.stringify([inputs, state])).not.toContain(value);
  expect(at.world.secretValue(place, "GHCR_PAT")).toBe(value);
});

test("the same value is not sealed again: no request, no change", async () => {
  const { inputs } = await create();
  const before = at.simulator.requests.length;
  const again = await at.secret.check(inputs, request, at.context);
  expect(at.simulator.requests.length).toBe(before);
  expect(at.secret.diff(inputs, again.inputs, {})).toEqual({});
});

test("the same value in another place is sealed again", async () => {
  const { inputs } = await create();
  const moved = await at.secret.check(inputs, { ...request, repository: "other" }, at.context);
  expect(moved.inputs["hash"]).toBe(inputs["hash"]);
  expect(moved.inputs["box"]).not.toBe(inputs["box"]);
  expect(at.secret.diff(inputs, moved.inputs, {})).toMatchObject({ repository: "replace" });
  await at.secret.create(moved.inputs, false, at.context);
  const other = { scope: "repository", repository: "acme/other" } as const;
  expect(at.world.secretValue(other, "GHCR_PAT")).toBe(value);
});

test("a key that GitHub replaced after check is read again, once", async () => {
  const { inputs } = await at.secret.check({}, request, at.context);
  rotateSealingKey(at.world, place);
  const { state } = await at.secret.create(inputs, false, at.context);
  expect(at.world.secretValue(place, "GHCR_PAT")).toBe(value);
  expect(state["keyId"]).not.toBe(inputs["keyId"]);
  const puts = at.simulator.requests.filter(({ method }) => method === "PUT");
  expect(puts.map(({ status }) => status)).toEqual([422, 201]);
});

test("an outdated answer after a write is retried", async () => {
  const { inputs } = await at.secret.check({}, request, at.context);
  at.simulator.faults.inject(
    { method: "GET", path: "/actions/secrets/GHCR_PAT", times: 2 },
    { kind: "answer", status: 404, body: '{"message":"Not Found"}' },
  );
  const { state } = await at.secret.create(inputs, false, at.context);
  const stored = at.world.repository("acme/api").secrets.secrets.get("GHCR_PAT");
  expect(state["updatedAt"]).toBe(stored?.updatedAt);
});

test("an answer with the previous write is retried", async () => {
  at.byHand.setSecret(place, "GHCR_PAT", "theirs");
  const { inputs } = await at.secret.check({}, request, at.context);
  const before = { name: "GHCR_PAT", created_at: earlier, updated_at: earlier };
  at.simulator.faults.inject(
    { method: "GET", path: "/actions/secrets/GHCR_PAT", times: 3 },
    {
      kind: "answer",
      status: 200,
      body: JSON.stringify(before),
      headers: { "content-type": "application/json" },
    },
  );
  const { state } = await at.secret.create(inputs, false, at.context);
  const stored = at.world.repository("acme/api").secrets.secrets.get("GHCR_PAT");
  expect(state["updatedAt"]).toBe(stored?.updatedAt);
});

test("overwritten by hand: read drops the box, check seals another, update writes it", async () => {
  const { inputs, state, id } = await create();
  at.byHand.setSecret(place, "GHCR_PAT", "something else");
  const stored = at.world.repository("acme/api").secrets.secrets.get("GHCR_PAT")!;
  stored.updatedAt = "2030-01-01T00:00:00Z";

  const found = await at.secret.read(id, state, inputs, at.context);
  expect(found?.inputs["box"]).toBeUndefined();
  const checked = await at.secret.check(found!.inputs, request, at.context);
  expect(checked.inputs["box"]).not.toBe(inputs["box"]);
  await at.secret.update(id, found!.state, checked.inputs, false, at.context);
  expect(at.world.secretValue(place, "GHCR_PAT")).toBe(value);
});

test("a deleted secret is gone for read, and import knows it by its path", async () => {
  const { inputs, state, id } = await create();
  const imported = await at.secret.read("acme/api/GHCR_PAT", {}, {}, at.context);
  expect(imported?.inputs).toEqual({
    scope: "repository",
    owner: "acme",
    repository: "api",
    name: "GHCR_PAT",
  });
  at.byHand.deleteSecret(place, "GHCR_PAT");
  expect(await at.secret.read(id, state, inputs, at.context)).toBeUndefined();
  await expect(at.secret.read("GHCR_PAT", {}, {}, at.context)).rejects.toThrow(
    'cannot import "GHCR_PAT": give owner/NAME',
  );
});

test.each([
  "acme",
  "acme//GHCR_PAT",
  "acme/../GHCR_PAT",
  "acme/api/GHCR_PAT/",
  "acme/api/release/more/GHCR_PAT",
  "acme/GHCR PAT",
])("an import of %j asks for another form, and not GitHub", async (id) => {
  const before = at.simulator.requests.length;
  await expect(at.secret.read(id, {}, {}, at.context)).rejects.toThrow(
    `cannot import "${id}": give owner/NAME`,
  );
  expect(at.simulator.requests).toHaveLength(before);
});

test("a name that GitHub reserves, and a place that does not exist, are refused in check", async () => {
  const reserved = await at.secret.check({}, { ...request, name: "GITHUB_PAT" }, at.context);
  expect(reserved.failures).toEqual([
    { property: "name", reason: "letters, digits and _ only, not starting with GITHUB_" },
  ]);
  await expect(at.secret.check({}, { ...request, repository: "gone" }, at.context)).rejects.toThrow(
    "cannot write the secret acme/gone/GHCR_PAT: there is no such repository",
  );
});

test("a secret that was written again since is not deleted", async () => {
  const { id, state } = await create();
  at.byHand.setSecret(place, "GHCR_PAT", "theirs");
  const stored = at.world.repository("acme/api").secrets.secrets.get("GHCR_PAT")!;
  stored.updatedAt = "2030-01-01T00:00:00Z";
  await at.secret.delete(id, state, at.context);
  expect(at.world.secretValue(place, "GHCR_PAT")).toBe("theirs");
  expect(at.warnings).toEqual([
    "the secret acme/api/GHCR_PAT stays: it was written again at 2030-01-01T00:00:00Z",
  ]);
});

test("an organisation's secret that is also used outside the fleet is not deleted with it", async () => {
  const organisation = { scope: "organisation", organisation: "acme" } as const;
  const { id: api } = at.world.repository("acme/api");
  const shared = { scope: "organization", owner: "acme", name: "GHCR_PAT", value };
  const checked = await at.secret.check({}, { ...shared, repositories: { api } }, at.context);
  const { id, state } = await at.secret.create(checked.inputs, false, at.context);
  const other = at.world.repository("acme/other").id;
  const stored = at.world.findOrganisation("acme")!.secrets.secrets.get("GHCR_PAT")!;
  stored.selected.add(other);

  // What a refresh saw of others is not what was given here.
  const found = await at.secret.read(id, state, checked.inputs, at.context);
  expect(Object.keys(found!.inputs["repositories"]!).sort()).toEqual(["api", "other"]);
  await at.secret.delete(id, found!.state, at.context);
  expect(at.world.secretValue(organisation, "GHCR_PAT")).toBe(value);
  expect([...stored.selected]).toEqual([other]);
  expect(at.warnings).toEqual(["acme/GHCR_PAT is kept: it is used outside the fleet by other"]);

  stored.selected.delete(other);
  await at.secret.delete(id, state, at.context);
  expect(at.world.secretValue(organisation, "GHCR_PAT")).toBeUndefined();
});

test("what a credential replaces stays where that could not be written, so no repository has none", async () => {
  const own = await create();
  const { id: api } = at.world.repository("acme/api");
  const shared = { scope: "organization", owner: "acme", name: "GHCR_PAT", value };
  const checked = await at.secret.check({}, { ...shared, repositories: { api } }, at.context);
  at.simulator.faults.inject(
    { method: "PUT", path: "/orgs/acme/actions/secrets/GHCR_PAT" },
    { kind: "answer", status: 403, body: '{"message":"Forbidden"}' },
  );
  await expect(at.secret.create(checked.inputs, false, at.context)).rejects.toThrow(
    "cannot write the secret acme/GHCR_PAT",
  );
  await expect(at.secret.delete(own.id, own.state, at.context)).rejects.toThrow(
    "the secret acme/api/GHCR_PAT stays, because the secret acme/GHCR_PAT could not be written: repair that, and run again",
  );
  expect(at.world.secretValue(place, "GHCR_PAT")).toBe(value);
  const variable = { owner: "acme", repository: "api", name: "GHCR_USERNAME", value: "somebody" };
  await expect(at.variable.delete("acme/api/GHCR_USERNAME", variable, at.context)).rejects.toThrow(
    "the variable acme/api/GHCR_USERNAME stays",
  );
});

test("without its environment, a repository keeps what it shares, and others lose what they left", async () => {
  const own = await create();
  const { id: other } = at.world.repository("acme/other");
  const shared = { scope: "organization", owner: "acme", name: "GHCR_PAT", value };
  const { inputs } = await at.secret.check({}, { ...shared, repositories: { other } }, at.context);
  const organisation = await at.secret.create(inputs, false, at.context);
  const environment = { owner: "acme", repository: "other", environment: "release" };
  at.simulator.faults.inject(
    { method: "PUT", path: "/repos/acme/other/environments/release" },
    { kind: "answer", status: 403, body: '{"message":"Forbidden"}' },
  );
  const created = at.environment.create(
    { ...environment, branches: ["main"], tags: [] },
    false,
    at.context,
  );
  await expect(created).rejects.toThrow("cannot set up the environment acme/other/release");
  await expect(at.secret.delete(organisation.id, organisation.state, at.context)).rejects.toThrow(
    "the secret acme/GHCR_PAT stays, because the environment acme/other/release could not be written: repair that, and run again",
  );
  await at.secret.delete(own.id, own.state, at.context);
  expect(at.world.secretValue(place, "GHCR_PAT")).toBeUndefined();
});

test("a secret that others use already: preview names who will lose it", async () => {
  const organisation = { scope: "organisation", organisation: "acme" } as const;
  const other = at.world.repository("acme/other").id;
  const audience = { visibility: "selected", selected: new Set([other]) } as const;
  at.byHand.setSecret(organisation, "GHCR_PAT", "theirs", audience);
  const { id: api } = at.world.repository("acme/api");
  const shared = { scope: "organization", owner: "acme", name: "GHCR_PAT", value };
  const checked = await at.secret.check({}, { ...shared, repositories: { api } }, at.context);
  await at.secret.create(checked.inputs, true, at.context);
  expect(at.warnings).toEqual([
    "the secret acme/GHCR_PAT exists already and gets another value",
    "outside the fleet, other will lose the secret acme/GHCR_PAT",
  ]);
  expect(at.world.secretValue(organisation, "GHCR_PAT")).toBe("theirs");
});

test("opened to all repositories by hand: read sees it, and update restricts it again", async () => {
  const { id: api } = at.world.repository("acme/api");
  const request = { scope: "organization", owner: "acme", name: "GHCR_PAT", value };
  const wanted = { ...request, repositories: { api } };
  const created = await at.secret.check({}, wanted, at.context);
  const { id, state } = await at.secret.create(created.inputs, false, at.context);
  const stored = at.world.findOrganisation("acme")!.secrets.secrets.get("GHCR_PAT")!;
  stored.visibility = "all";

  const found = await at.secret.read(id, state, created.inputs, at.context);
  const checked = await at.secret.check(found!.inputs, wanted, at.context);
  expect(at.secret.diff(found!.inputs, checked.inputs, found!.state)).not.toEqual({});
  await at.secret.update(id, found!.state, checked.inputs, false, at.context);
  const { visibility, selected } = at.world
    .findOrganisation("acme")!
    .secrets.secrets.get("GHCR_PAT")!;
  expect([visibility, [...selected]]).toEqual(["selected", [api]]);
});

test.each(["stays", "was overwritten", "was deleted"])(
  "a longer list of repositories, where the value %s",
  async (fate) => {
    const organisation = { scope: "organisation", organisation: "acme" } as const;
    const [api, other] = ["acme/api", "acme/other"].map((name) => at.world.repository(name).id);
    const shared = { scope: "organization", owner: "acme", name: "GHCR_PAT", value };
    const before = await at.secret.check({}, { ...shared, repositories: { api } }, at.context);
    const { id, state } = await at.secret.create(before.inputs, false, at.context);
    const secrets = () => at.world.findOrganisation("acme")!.secrets.secrets;
    if (fate === "was overwritten") {
      at.byHand.setSecret(organisation, "GHCR_PAT", "something else");
      secrets().get("GHCR_PAT")!.updatedAt = "2030-01-01T00:00:00Z";
    }
    if (fate === "was deleted") at.byHand.deleteSecret(organisation, "GHCR_PAT");

    const wanted = { ...shared, repositories: { api, other } };
    const after = await at.secret.check(before.inputs, wanted, at.context);
    const next = await at.secret.update(id, state, after.inputs, false, at.context);
    expect(at.world.secretValue(organisation, "GHCR_PAT")).toBe(value);
    expect([...secrets().get("GHCR_PAT")!.selected].sort()).toEqual([api, other].sort());
    expect(next["updatedAt"]).toBe(secrets().get("GHCR_PAT")!.updatedAt);
  },
);

test.each([
  ["", 1],
  [", and another one that somebody added,", 3],
])("another PAT for 120 repositories%s reads %i pages of who has it", async (added, pages) => {
  const names = Array.from({ length: 120 }, (_, index) => `service-${index}`);
  const large = await startProvider("admin", names);
  const entries = names.map((name) => [name, large.world.repository(`acme/${name}`).id] as const);
  const repositories = Object.fromEntries(entries);
  const shared = { scope: "organization", owner: "acme", name: "GHCR_PAT", value, repositories };
  const before = await large.secret.check({}, shared, large.context);
  const { id, state } = await large.secret.create(before.inputs, false, large.context);
  const stored = large.world.findOrganisation("acme")!.secrets.secrets.get("GHCR_PAT")!;
  if (added) stored.selected.add(large.world.repository("acme/other").id);

  const next = { ...shared, value: randomBytes(20).toString("hex") };
  const after = await large.secret.check(before.inputs, next, large.context);
  const start = large.simulator.requests.length;
  await large.secret.update(id, state, after.inputs, false, large.context);
  const reads = large.simulator.requests.slice(start).map(({ path }) => path);
  expect(reads.filter((path) => path.includes("/repositories?"))).toHaveLength(pages);
  expect(large.warnings).toEqual(
    added ? ["outside the fleet, other will lose the secret acme/GHCR_PAT"] : [],
  );
});

test("a repository renamed: the old name's removal does not delete what was just written", async () => {
  const { id, state } = await create();
  const stored = at.world.repository("acme/api").secrets.secrets.get("GHCR_PAT")!;
  at.byHand.renameRepository("acme/api", "gateway");
  stored.updatedAt = "2030-01-01T00:00:00Z";
  await at.secret.delete(id, state, at.context);
  const place = { scope: "repository", repository: "acme/gateway" } as const;
  expect(at.world.secretValue(place, "GHCR_PAT")).toBe(value);
  expect(at.warnings).toEqual([
    "the secret acme/api/GHCR_PAT is left as it is: the repository was renamed or deleted, or the admin token may not see it",
  ]);
});
