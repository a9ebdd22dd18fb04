import { beforeEach, expect, test } from "vitest";
import { startProvider, type Provider } from "./start-provider.ts";

const place = { owner: "acme", repository: "api", environment: "release" };
const inputs = { ...place, branches: ["main"], tags: ["v[0-9]*"] };
const path = "/repos/acme/api/environments/release";

let at: Provider;
beforeEach(async () => void (at = await startProvider()));

const environment = () => at.world.repository("acme/api").environments.get("release");
const patterns = () => environment()?.branchPolicies.map(({ type, name }) => `${type} ${name}`);

test("is created with its patterns, and writing it again changes nothing", async () => {
  const { id } = await at.environment.create(inputs, false, at.context);
  expect(id).toBe("acme/api/release");
  expect(patterns()).toEqual(["branch main", "tag v[0-9]*"]);
  const writes = () => at.simulator.requests.filter(({ method }) => method !== "GET").length;
  const before = writes();
  await at.environment.create(inputs, false, at.context);
  expect(writes()).toBe(before);
});

test("preview writes nothing", async () => {
  await at.environment.create(inputs, true, at.context);
  expect(environment()).toBeUndefined();
});

test("reviewers and timers of others stay, their patterns are removed and named", async () => {
  const reviewer = at.world.findUser("acme-admin")?.id;
  await at.github.request(`PUT ${path}`, {
    wait_timer: 30,
    reviewers: [{ type: "User", id: reviewer }],
  });
  await at.environment.create(inputs, false, at.context);
  expect(environment()).toMatchObject({ waitTimer: 30, reviewers: [{ id: reviewer }] });

  await at.github.request(`POST ${path}/deployment-branch-policies`, { name: "feature/*" });
  const found = await at.environment.read("acme/api/release", {}, {}, at.context);
  expect(found?.inputs).toEqual({ ...inputs, branches: ["feature/*", "main"] });
  await at.environment.update("", found?.state ?? {}, inputs, false, at.context);
  expect(patterns()).toEqual(["branch main", "tag v[0-9]*"]);
  expect(at.warnings).toEqual([
    "the environment acme/api/release no longer allows the branch feature/*",
  ]);
});

test("an environment that was opened to every branch shows in a refresh", async () => {
  await at.environment.create(inputs, false, at.context);
  await at.github.request(`PUT ${path}`, { deployment_branch_policy: null });
  const found = await at.environment.read("acme/api/release", {}, {}, at.context);
  expect(at.environment.diff(found?.inputs ?? {}, inputs, {})).toEqual({
    branches: "update",
    tags: "update",
  });
});

test("a repository that leaves keeps it; a new spelling of a name is the same environment", async () => {
  await at.environment.create(inputs, false, at.context);
  await at.environment.delete("acme/api/release", inputs, at.context);
  expect(environment()).toBeDefined();
  const again = { ...inputs, owner: "Acme", environment: "Release" };
  expect((await at.environment.check(inputs, again, at.context)).inputs).toEqual(inputs);
});
