import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Kept } from "../run-resource.ts";
import { fleetNames, startPackages, states } from "./start-packages.ts";

type Packages = Awaited<ReturnType<typeof startPackages>>;

let platform: Packages["platform"];
let warnings: Packages["warnings"];
let open: Packages["open"];
let push: Packages["push"];
let store: Packages["store"];
async function start(dialect: "ghcr" | "specification" = "specification") {
  ({ platform, warnings, open, push, store } = await startPackages(dialect));
}
beforeEach(() => start());
afterEach(() => platform.close());

describe("the push probe", () => {
  test.each(["ghcr", "specification"] as const)("leaves no package (%s)", async (dialect) => {
    await platform.close();
    await start(dialect);
    expect(states(await open().create())).toEqual(["exists pending"]);
    expect(store().packages).toEqual([]);
    expect(store().uploads.size).toBe(dialect === "ghcr" ? 1 : 0);
  });

  test("is asked once, and not after a refresh that finds the same package", async () => {
    await platform.close();
    // There, each probe leaves an upload.
    await start("ghcr");
    await push();
    const before = store().uploads.size;
    const resource = open();
    const created = await resource.create();
    expect((await resource.update(created)).changes).toEqual({});
    const again = await resource.update(await resource.refresh(created));
    expect(again.changes).toEqual({});
    expect(again.inputs).toEqual(created.inputs);
    expect(store().uploads.size).toBe(before + 1);
  });

  test("is not sent where the job's own token publishes; a package without a link is a problem", async () => {
    await push();
    const jobs = { credential: undefined };
    const resource = open();
    const created = await resource.create(jobs);
    expect(created.inputs["packages"]).toEqual([{ image: "api", push: "not tried" }]);
    expect(created.state["jobToken"]).toBe(true);
    expect(states(created)).toEqual(["linked problem"]);
    expect(store().uploads.size).toBe(0);
    // Back to the PAT, which may push.
    const back = await resource.update(created);
    expect(back.changes).toEqual({ jobToken: "delete", packages: "update" });
    expect(states(back)).toEqual(["linked manual"]);
  });

  test("is asked until it is allowed", async () => {
    await push();
    const [subject] = store().packages;
    subject!.creator = "ada";
    const resource = open();
    const denied = await resource.create();
    expect(states(denied)).toEqual(["linked manual", "pushable problem"]);
    expect(warnings.at(-1)).toMatch(/^pat's token may not push .*give pat the role Write/);
    subject!.creator = "pat";
    const allowed = await resource.update(denied);
    expect(allowed.changes).toEqual({ packages: "update" });
    expect(states(allowed)).toEqual(["linked manual"]);
  });

  test("is sent again for the PAT of another person, and not for another one of the same", async () => {
    await push();
    const created = await open().create();
    const another = { credential: platform.world.tokenValue("next-publisher") };
    expect((await open().update(created, another)).changes).toEqual({});
    const stranger = { credential: platform.world.tokenValue("stranger"), username: "sam" };
    const denied = await open().update(created, stranger);
    expect(denied.changes).toEqual({ packages: "update" });
    expect(states(denied)).toEqual(["linked manual", "pushable problem"]);
  });

  test("reports who may not create packages at all", async () => {
    platform.world.findOrganisation("acme")!.members.delete("pat");
    const { state } = await open().create();
    expect(state["findings"]).toContainEqual({
      subject: "pushable",
      state: "problem",
      text: 'pat\'s token may not push ghcr.io/acme/api (denied: permission_denied: create_package); make pat a member of acme (https://github.com/orgs/acme/people); if it is one, the organisation does not let members create such packages: allow it under "Package creation"',
      url: "https://github.com/organizations/acme/settings/packages",
    });
  });
});

describe("a first image", () => {
  test("is not published by a preview", async () => {
    expect(states(await open().create({ bootstrap: true }, true))).toEqual(["exists pending"]);
    expect(store().packages).toEqual([]);
  });

  test("is not tried without the right to push", async () => {
    platform.world.findOrganisation("acme")!.members.delete("pat");
    const created = await open().create({ bootstrap: true });
    expect(states(created)).toEqual(["exists pending", "pushable problem"]);
    expect(store().packages).toEqual([]);
  });
});

describe("a package that is gone", () => {
  test("stays on the list, is reported once, and is not created again", async () => {
    const resource = open();
    const created = await resource.create({ bootstrap: true });
    expect(states(created)).toEqual([]);
    platform.registry.byHand.deletePackage("acme", "api");
    const gone = await resource.refresh(created);
    const still = await resource.refresh(gone);
    expect([states(gone), states(still)]).toEqual([["exists manual"], ["exists manual"]]);
    expect(warnings).toEqual([expect.stringContaining("ghcr.io/acme/api was deleted; restore it")]);
    const changed = await resource.update(still, { bootstrap: true, visibility: "public" });
    expect(changed.changes).toEqual({ visibility: "add" });
    expect(store().packages.every(({ deletedAt }) => deletedAt !== undefined)).toBe(true);
    platform.registry.byHand.restore("acme", "api");
    expect(states(await resource.refresh(still))).toEqual([]);
  });
});

describe("what must not be forgotten", () => {
  test("a refresh without the branch keeps the package, and whether it existed", async () => {
    const resource = open();
    const created = await resource.create({ bootstrap: true });
    platform.registry.byHand.deletePackage("acme", "api");
    platform.world.repository("acme/api").refs.delete("refs/heads/main");
    const kept = await resource.refresh(created);
    expect(kept.state["packages"]).toMatchObject([{ image: "api", exists: false, existed: true }]);
  });

  test("a state of an earlier version publishes no first image: the package may be restorable", async () => {
    const resource = open();
    const { id } = await resource.create({ bootstrap: true });
    platform.registry.byHand.deletePackage("acme", "api");
    const older = { owner: "acme", repository: "api", branch: "main", mode: "none" };
    const known = { ...older, delivery: "commit", onRemove: "keep" };
    await open().update({ id, inputs: known, state: known }, { bootstrap: true });
    expect(store().packages.every(({ deletedAt }) => deletedAt !== undefined)).toBe(true);
  });
});

describe("an admin token that does not see packages", () => {
  test("is named with the missing scope", async () => {
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

test("200 packages are read with few requests, with the same results as single requests", async () => {
  for (const name of fleetNames) await push(name);
  const before = platform.requests.length;
  const fleet = open(200);
  const kept: Kept[] = [];
  for (const image of fleetNames) kept.push(await fleet.create({ image }));
  for (const each of kept) await fleet.refresh(each);
  const requests = platform.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
  expect(requests).toEqual([
    "POST /graphql",
    expect.stringContaining("GET /orgs/acme/packages?"),
    expect.stringContaining("GET /orgs/acme/packages?"),
  ]);
  expect(kept[7]?.state).toEqual((await open().create({ image: "service-7" })).state);
});

test("an image in upper case is refused before anything is asked", async () => {
  const { failures } = await open().check({ image: "API" });
  expect(failures).toEqual([
    { property: "image", reason: "must be an image name in lower case, without its owner" },
  ]);
  expect(platform.requests).toEqual([]);
});
