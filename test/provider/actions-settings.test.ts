import { beforeEach, describe, expect, test } from "vitest";
import { startProvider, type Provider } from "./start-provider.ts";

const place = { owner: "acme", repository: "api" };
const readOnly = { defaultWorkflowPermissions: "read", canApprovePullRequestReviews: false };
const pinned = { shaPinningRequired: true };
const allowedActions = { patterns: ["acme/*", "docker/*"], githubOwned: true, verified: false };
const path = "/repos/acme/api/actions/permissions";

let at: Provider;
beforeEach(async () => void (at = await startProvider("admin", ["web"])));

const actions = (name = "api") => at.world.repository(`acme/${name}`).actions;
const organisation = () => at.world.findOrganisation("acme")!.actions;
/** Method and path since the last call. */
let seen = 0;
beforeEach(() => (seen = 0));
function requests(): string[] {
  const fresh = at.simulator.requests.slice(seen);
  seen = at.simulator.requests.length;
  return fresh.map(({ method, path: to }) => `${method} ${to}`);
}

async function create(inputs: object, preview = false): Promise<unknown> {
  const properties = { ...place, ...inputs };
  const { id, state } = await at.settings.create(properties, preview, at.context);
  expect(id).toBe(`acme/${properties.repository}`);
  const { refused, ...held } = state;
  expect(held).toEqual(properties);
  return refused;
}

const refresh = (inputs: object, repository = "api") => {
  const state = { ...place, repository, ...inputs };
  return at.settings.read(`acme/${repository}`, state, state, at.context);
};

describe("where the organisation chose the restrictive options", () => {
  test("one request answers for all repositories, and nothing is written", async () => {
    await create(readOnly);
    await create({ ...readOnly, repository: "web" });
    expect(requests()).toEqual(["GET /orgs/acme/actions/permissions/workflow"]);
    expect(at.warnings).toEqual([]);
  });

  test("wider ones are refused with the place where the organisation allows them", async () => {
    const wider = { defaultWorkflowPermissions: "write", canApprovePullRequestReviews: true };
    const refusal =
      "cannot set the Actions settings of acme/api: acme does not allow write permissions and approval by workflows " +
      "in its repositories; allow it (https://github.com/organizations/acme/settings/actions)";
    await create(wider, true);
    expect(at.warnings.join()).toContain(refusal);
    expect(await create(wider)).toContain(refusal);
    // The next update tries it again.
    const known = { ...place, ...wider };
    expect(at.settings.diff(known, known, { ...known, refused: refusal })).toEqual({
      refused: "update",
    });
  });
});

describe("where repositories choose", () => {
  beforeEach(() => {
    organisation().defaultWorkflowPermissions = "write";
    organisation().canApprovePullRequestReviews = true;
  });

  test("what is equal already is adopted without a write", async () => {
    Object.assign(actions(), readOnly, pinned, { allowedActions: "selected" });
    actions().selectedActions = {
      patternsAllowed: ["docker/*", "acme/*"],
      githubOwnedAllowed: true,
      verifiedAllowed: false,
    };
    await create({ ...readOnly, ...pinned, allowedActions });
    expect(requests()).toEqual([
      "GET /orgs/acme/actions/permissions/workflow",
      `GET ${path}`,
      `GET ${path}/workflow`,
      `GET ${path}/selected-actions`,
    ]);
    expect(at.warnings).toEqual([]);
  });

  test("preview names each old and new value and writes nothing; create writes what differs", async () => {
    Object.assign(actions(), { defaultWorkflowPermissions: "write" });
    const inputs = { ...readOnly, ...pinned, allowedActions };
    await create(inputs, true);
    expect(at.warnings).toEqual([
      "the Actions settings of acme/api change: default workflow permissions: write, becomes read; " +
        "actions must be pinned: no, becomes yes; " +
        "allowed actions: not limited, becomes GitHub's own, acme/*, docker/*",
    ]);
    // It reads the workflows that the narrower default may stop.
    expect(requests().filter((each) => !each.startsWith("GET"))).toEqual(["POST /graphql"]);
    await create(inputs);
    expect(requests().filter((each) => !each.startsWith("GET"))).toEqual([
      `PUT ${path}/workflow`,
      `PUT ${path}`,
      `PUT ${path}/selected-actions`,
    ]);
    expect(actions()).toMatchObject({
      ...readOnly,
      ...pinned,
      allowedActions: "selected",
      selectedActions: { patternsAllowed: ["acme/*", "docker/*"], githubOwnedAllowed: true },
    });
    await create(inputs);
    expect(requests().filter((each) => !each.startsWith("GET"))).toEqual([]);
  });

  test("what is not declared is neither read nor changed", async () => {
    Object.assign(actions(), { defaultWorkflowPermissions: "write", allowedActions: "local_only" });
    await create(pinned);
    expect(requests()).toEqual([`GET ${path}`, `PUT ${path}`]);
    expect(actions()).toMatchObject({
      ...pinned,
      defaultWorkflowPermissions: "write",
      allowedActions: "local_only",
    });
    const left = { ...place, ...pinned };
    await at.settings.delete("acme/api", left, at.context);
    expect(requests()).toEqual([]);
  });

  test("a refresh shows what people changed, and the update sets it back", async () => {
    const inputs = { ...place, ...readOnly, ...pinned, allowedActions };
    await create(inputs);
    expect((await refresh(inputs))?.inputs).toEqual(inputs);
    Object.assign(actions(), { canApprovePullRequestReviews: true, allowedActions: "all" });
    const found = await refresh(inputs);
    expect(at.settings.diff(found?.inputs ?? {}, inputs, {})).toEqual({
      canApprovePullRequestReviews: "update",
      allowedActions: "add",
    });
    requests();
    await at.settings.update("acme/api", found?.state ?? {}, inputs, false, at.context);
    expect(requests().filter((each) => !each.startsWith("GET"))).toEqual([
      `PUT ${path}/workflow`,
      `PUT ${path}`,
      `PUT ${path}/selected-actions`,
    ]);
    expect((await refresh(inputs))?.inputs).toEqual(inputs);
  });

  test("Actions that somebody switched off are switched on where the fleet limits them", async () => {
    await create(pinned);
    actions().enabled = false;
    const found = await refresh(pinned);
    expect(found?.inputs).toEqual(place);
    await at.settings.update("acme/api", found!.state, { ...place, ...pinned }, false, at.context);
    expect(actions()).toMatchObject({ ...pinned, enabled: true });
  });

  test("a token that may not read the organisation reads the repositories", async () => {
    const orgs = "/orgs/acme/actions/permissions";
    const refused = { kind: "answer", status: 403, body: "{}", headers: {} } as const;
    at.simulator.faults.inject({ path: orgs }, refused);
    Object.assign(actions(), readOnly);
    await create(readOnly);
    expect(requests()).toEqual([`GET ${orgs}/workflow`, `GET ${path}/workflow`]);
  });

  test("a repository whose settings the token may not read is kept, with a warning", async () => {
    const refused = { kind: "answer", status: 403, body: "{}", headers: {} } as const;
    at.simulator.faults.inject({ path: `${path}/workflow` }, refused);
    const inputs = { ...place, ...readOnly };
    expect(await refresh(readOnly)).toEqual({ id: "acme/api", state: inputs, inputs });
    expect(at.warnings).toHaveLength(1);
    expect(at.warnings[0]).toMatch(
      /^cannot read the Actions settings of acme\/api: GitHub answered 403 .* kept as the last update/,
    );
  });
});

test("an import reads all settings", async () => {
  expect(await at.settings.read("acme/api", {}, {}, at.context)).toMatchObject({
    id: "acme/api",
    inputs: { ...place, ...readOnly, shaPinningRequired: false },
  });
});

test("the order of patterns, and another spelling of names, are no change", async () => {
  const olds = { ...place, allowedActions };
  const patterns = ["docker/*", "acme/*"];
  const news = {
    owner: "Acme",
    repository: "API",
    allowedActions: { ...allowedActions, patterns },
  };
  expect(await at.settings.check(olds, news, at.context)).toEqual({ inputs: olds, failures: [] });
});

test("a preview that narrows the default names the workflows that seem to write without permissions", async () => {
  organisation().defaultWorkflowPermissions = "write";
  actions().defaultWorkflowPermissions = "write";
  const release = ".github/workflows/publish-release.yml";
  at.byHand.editFiles("acme/api", {
    [release]:
      "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: gh release create v1\n",
  });
  await create(readOnly, true);
  expect(at.warnings).toContainEqual(
    expect.stringContaining(`${release} of acme/api seem to write with GITHUB_TOKEN without`),
  );
  at.warnings.splice(0);
  await create(readOnly);
  expect(at.warnings).not.toContainEqual(expect.stringContaining("seem to write"));
});
