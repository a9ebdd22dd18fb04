import { afterAll, beforeAll, expect, test } from "vitest";
import { type Simulator, SeedError, parseSeed, startSimulator } from "../../src/index.ts";
import { ociClient, tinyImage } from "../../src/testing.ts";
import { createClient, seal, type Client } from "../support/client.ts";

const repo = "/repos/Ada/shop";

let simulator: Simulator;
let ada: Client;
let mona: Client;
beforeAll(async () => {
  const scopes = ["repo", "workflow", "write:packages"];
  simulator = await startSimulator({
    seed: {
      organisation: { login: "acme" },
      users: [
        { login: "Ada", role: "none" },
        { login: "mona", role: "admin" },
      ],
      tokens: [
        { name: "ada", owner: "Ada", scopes },
        { name: "mona", owner: "mona", scopes },
      ],
      repositories: [
        { name: "shop" },
        { name: "shop", owner: "Ada", visibility: "private", variables: { REGION: "eu" } },
      ],
    },
  });
  ada = createClient(simulator, "ada");
  mona = createClient(simulator, "mona");
});
afterAll(() => simulator.close());

test("a repository belongs to its user, who administers it, and others do not see it", async () => {
  const { body } = await ada(`GET ${repo}`);
  expect(body).toMatchObject({
    full_name: "Ada/shop",
    owner: { login: "Ada", type: "User" },
    permissions: { admin: true },
  });
  await mona.expecting(404, `GET ${repo}`);
  await ada.expecting(404, "GET /orgs/Ada");
  const query = `{ repositoryOwner(login: "ada") { __typename login
    repositories(first: 5, ownerAffiliations: [OWNER]) { nodes { name owner { __typename } } } } }`;
  expect((await ada("POST /graphql", { query })).body.data.repositoryOwner).toEqual({
    __typename: "User",
    login: "Ada",
    repositories: { nodes: [{ name: "shop", owner: { __typename: "User" } }] },
  });
});

test("it has secrets, variables, environments and settings of its own", async () => {
  const { key, key_id } = (await ada(`GET ${repo}/actions/secrets/public-key`)).body;
  await ada.expecting(201, `PUT ${repo}/actions/secrets/GHCR_PAT`, {
    encrypted_value: seal(key, "sealed"),
    key_id,
  });
  const place = { scope: "repository", repository: "Ada/shop" } as const;
  expect(simulator.world.secretValue(place, "GHCR_PAT")).toBe("sealed");
  await ada(`POST ${repo}/actions/variables`, { name: "GHCR_USERNAME", value: "Ada" });
  expect((await ada(`GET ${repo}/actions/variables/REGION`)).body.value).toBe("eu");
  await ada(`PUT ${repo}/environments/release`);
  await ada(`GET ${repo}/environments`);
  await ada(`PUT ${repo}/actions/permissions/workflow`, { default_workflow_permissions: "read" });
  await ada(`GET ${repo}/actions/permissions/workflow`);
  await ada(`GET ${repo}/actions/permissions`);
  await ada(`GET ${repo}/rules/branches/main`);
  await ada.expecting(404, `GET ${repo}/branches/main/protection`);
});

test("its user publishes with a PAT, its workflows with their own token, and nobody else", async () => {
  const { registryUrl: url, world } = simulator;
  const push = async (token: string, name: string) =>
    (await ociClient({ url, token: world.tokenValue(token) }).push(name, "1", tinyImage(name)))
      .status;
  expect(await push("ada", "ada/by-hand")).toBe(201);
  expect(await push("mona", "ada/other")).toBe(403);
  simulator.byHand("Ada").editFiles("Ada/shop", {
    Dockerfile: "FROM scratch\n",
    ".github/workflows/ci.yml": `
      on: push
      jobs:
        image:
          runs-on: ubuntu-latest
          permissions: { contents: read, packages: write }
          steps:
            - uses: actions/checkout@v5
            - uses: docker/login-action@v3
              with: { registry: ghcr.io, username: x, password: "\${{ github.token }}" }
            - uses: docker/build-push-action@v6
              with: { context: ., push: true, tags: "ghcr.io/ada/shop:1" }`,
  });
  await simulator.actions.idle();
  expect(simulator.actions.runs().map(({ conclusion }) => conclusion)).toEqual(["success"]);

  const list = "packages?package_type=container";
  for (const space of ["/user", "/users/ada"]) {
    expect((await ada(`GET ${space}/${list}`)).body).toMatchObject([
      { name: "by-hand", visibility: "private", owner: { type: "User" } },
      { name: "shop", repository: { full_name: "Ada/shop" } },
    ]);
    expect((await ada(`GET ${space}/packages/container/shop`)).body).toMatchObject({
      html_url: "https://github.com/users/Ada/packages/container/package/shop",
    });
    const versions = (await ada(`GET ${space}/packages/container/shop/versions`)).body;
    expect(versions[0]).toMatchObject({ metadata: { container: { tags: ["1"] } } });
  }
  expect((await mona(`GET /users/ada/${list}`)).body).toEqual([]);
});

test("the newer version of the API answers a dispatch with its run", async () => {
  const dispatch =
    "on: workflow_dispatch\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: 'true' }] } }";
  simulator.byHand("Ada").editFiles("Ada/shop", { ".github/workflows/smoke.yml": dispatch });
  const route = `POST ${repo}/actions/workflows/smoke.yml/dispatches`;
  await ada.expecting(204, route, { ref: "main" });
  const version = { "x-github-api-version": "2026-03-10" };
  const { body } = await ada.expecting(200, route, { ref: "main" }, version);
  expect(body).toMatchObject({ workflow_run_id: expect.any(Number) });
  await simulator.actions.idle();
});

test("a seed names users as owners, and each owner's repositories once", () => {
  const seed = (repositories: object[]) => () =>
    parseSeed({ organisation: { login: "acme" }, users: [{ login: "ada" }], repositories });
  expect(seed([{ name: "a" }, { name: "a", owner: "ada" }])).not.toThrow();
  expect(
    seed([
      { name: "a", owner: "Ada" },
      { name: "A", owner: "ada" },
    ]),
  ).toThrow(SeedError);
  expect(seed([{ name: "a", owner: "eve" }])).toThrow('"eve" is not among users; add it there');
  expect(seed([{ name: "a", owner: "ada", visibility: "internal" }])).toThrow(
    "a user's repository is public or private",
  );
});
