import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { packageAccess } from "../../provider/resources/package-access.ts";
import { Packages } from "../../provider/resources/packages.ts";
import type { Properties } from "../../provider/protocol/property-values.ts";
import type { ResourceContext } from "../../provider/protocol/resource-type.ts";
import { Vault } from "../../provider/resources/vault.ts";
import { parseSeed, type Simulator, startSimulator } from "github-simulator";
import { ociClient } from "github-simulator/testing";
import { createGitHubClient } from "../../src/github/client/github-client.ts";

const publishing = ["write:packages", "read:packages"];
const fleetNames = Array.from({ length: 200 }, (_, index) => `service-${index}`);
const seed = parseSeed({
  organisation: { login: "acme" },
  users: [{ login: "ada", role: "admin" }, { login: "pat" }, { login: "sam" }],
  tokens: [
    { name: "admin", owner: "ada", scopes: ["repo", "read:packages"] },
    { name: "blind", owner: "ada", scopes: ["repo"] },
    { name: "stranger", owner: "sam", scopes: ["repo", "read:packages"] },
    { name: "publisher", owner: "pat", scopes: publishing },
  ],
  repositories: [{ name: "api", visibility: "private", files: { "a.txt": "a" } }],
});

let platform: Simulator;
let warnings: string[];
async function start(dialect: "ghcr" | "specification" = "specification") {
  platform = await startSimulator({ seed, dialect });
  warnings = [];
}
beforeEach(() => start());
afterEach(() => platform.close());

/** The resource in a process of its own, driven as the engine does. */
function open(fleetSize = 1, admin = "admin") {
  const token = platform.world.tokenValue(admin);
  const github = createGitHubClient({ baseUrl: platform.url, token, pace: "burst" });
  const type = packageAccess(
    new Packages(github, "acme", fleetSize),
    platform.registryUrl,
    new Vault(),
  );
  const context: ResourceContext = {
    urn: "urn:pulumi:test::test::test::test",
    status: () => undefined,
    warn: (message) => void warnings.push(message),
  };
  const ask = (more: Properties = {}): Properties => ({
    owner: "acme",
    repository: "api",
    image: "api",
    username: "pat",
    credential: platform.world.tokenValue("publisher"),
    ...more,
  });
  return {
    check: (more: Properties) => type.check({}, ask(more), context),
    async create(more: Properties = {}, preview = false) {
      const { inputs, failures } = await type.check({}, ask(more), context);
      expect(failures).toEqual([]);
      const { id, state } = await type.create(inputs, preview, context);
      return { id, inputs, state };
    },
    async refresh({ id, inputs, state }: Kept): Promise<Kept> {
      const found = await type.read(id, state, inputs, context);
      return found!;
    },
    async update(kept: Kept, more: Properties = {}): Promise<Kept & { changes: object }> {
      const { inputs } = await type.check(kept.inputs, ask(more), context);
      const changes = type.diff(kept.inputs, inputs, kept.state);
      if (Object.keys(changes).length === 0) return { ...kept, inputs, changes };
      const state = await type.update(kept.id, kept.state, inputs, false, context);
      return { id: kept.id, inputs, state, changes };
    },
  };
}

interface Kept {
  id: string;
  inputs: Properties;
  state: Properties;
}

const states = ({ state }: Kept) =>
  (state["findings"] as { subject: string; state: string }[]).map(
    (finding) => `${finding.subject} ${finding.state}`,
  );
const push = (name = "api") =>
  ociClient({ url: platform.registryUrl, token: platform.world.tokenValue("publisher") }).push(
    `acme/${name}`,
    "1",
  );
const store = () => platform.registry.store;

describe("the push probe", () => {
  test.each(["ghcr", "specification"] as const)("leaves no package (%s)", async (dialect) => {
    await platform.close();
    await start(dialect);
    expect(states(await open().create())).toEqual(["exists pending"]);
    expect(store().packages).toEqual([]);
    expect(store().uploads.size).toBe(dialect === "ghcr" ? 1 : 0);
  });

  test("is asked once, and again after a refresh, without a change for the engine", async () => {
    await push();
    const resource = open();
    const created = await resource.create();
    expect((await resource.update(created)).changes).toEqual({});
    const refreshed = await resource.refresh(created);
    expect(refreshed.state).toEqual(created.state);
    const again = await resource.update(refreshed);
    expect(again.changes).toEqual({});
    expect(again.inputs).toEqual(created.inputs);
  });

  test("finds that a right was taken, and that it is back", async () => {
    await push();
    const resource = open();
    const created = await resource.create();
    const [subject] = store().packages;
    subject!.creator = "ada";
    expect((await resource.update(created)).changes).toEqual({});
    const denied = await resource.update(await resource.refresh(created));
    expect(denied.changes).toEqual({ push: "update" });
    expect(states(denied)).toEqual(["exists ok", "linked manual", "pushable problem"]);
    expect(warnings.at(-1)).toMatch(/^pat's token may not push .*give pat the role Write/);
    subject!.creator = "pat";
    expect(states(await resource.update(denied))).toEqual(["exists ok", "linked manual"]);
  });

  test("tells who may not create packages at all", async () => {
    platform.world.findOrganisation("acme")!.members.delete("pat");
    const { state } = await open().create();
    expect(state["findings"]).toContainEqual({
      subject: "pushable",
      state: "problem",
      text: "pat's token may not push ghcr.io/acme/api (denied: permission_denied: create_package); make pat a member of acme who may create packages",
      url: "https://github.com/orgs/acme/people",
    });
  });
});

describe("a first image", () => {
  test("is not published by a preview", async () => {
    expect(states(await open().create({ bootstrap: true }, true))).toEqual(["exists pending"]);
    expect(store().packages).toEqual([]);
  });

  test("is not tried by who may not push it", async () => {
    platform.world.findOrganisation("acme")!.members.delete("pat");
    const created = await open().create({ bootstrap: true });
    expect(states(created)).toEqual(["exists pending", "pushable problem"]);
    expect(store().packages).toEqual([]);
  });
});

describe("a package that is gone", () => {
  test("stays on the list, is said once, and is not made anew", async () => {
    const resource = open();
    const created = await resource.create({ bootstrap: true });
    expect(states(created)).toEqual(["exists ok", "linked ok"]);
    platform.registry.byHand.deletePackage("acme", "api");
    const gone = await resource.refresh(created);
    const still = await resource.refresh(gone);
    expect([states(gone), states(still)]).toEqual([["exists manual"], ["exists manual"]]);
    expect(warnings).toEqual([expect.stringContaining("ghcr.io/acme/api was deleted; restore it")]);
    const changed = await resource.update(still, { bootstrap: true, visibility: "public" });
    expect(changed.changes).toEqual({ visibility: "add" });
    expect(store().packages.every(({ deletedAt }) => deletedAt !== undefined)).toBe(true);
    platform.registry.byHand.restore("acme", "api");
    expect(states(await resource.refresh(still))).toEqual(["exists ok", "linked ok"]);
  });
});

describe("an admin token that does not see packages", () => {
  test("is named, for want of a scope", async () => {
    await push();
    const { state } = await open(1, "blind").create();
    expect(state["findings"]).toEqual([
      {
        subject: "exists",
        state: "manual",
        text: "ghcr.io/acme/api cannot be verified: use an admin token of an owner of acme, with the scope read:packages",
      },
    ]);
  });

  test("does not lead to a first image on top of others", async () => {
    await push();
    const created = await open(1, "stranger").create({ bootstrap: true });
    expect(states(created)).toEqual(["exists manual"]);
    expect([...store().packages[0]!.tags.keys()]).toEqual(["1"]);
  });
});

test("200 packages are read with few requests, and each is what one request tells", async () => {
  for (const name of fleetNames) await push(name);
  const before = platform.requests.length;
  const fleet = open(200);
  const kept: Kept[] = [];
  for (const image of fleetNames) kept.push(await fleet.create({ image }));
  for (const each of kept) await fleet.refresh(each);
  const requests = platform.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
  expect(requests).toHaveLength(2);
  expect(requests[0]).toContain("GET /orgs/acme/packages?");
  expect(kept[7]?.state).toEqual((await open().create({ image: "service-7" })).state);
});

test("an image in upper case is refused before anything is asked", async () => {
  const { failures } = await open().check({ image: "API" });
  expect(failures).toEqual([
    { property: "image", reason: "must be an image name in lower case, without its owner" },
  ]);
  expect(platform.requests).toEqual([]);
});
