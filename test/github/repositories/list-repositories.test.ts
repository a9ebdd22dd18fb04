import { afterAll, expect, test } from "vitest";
import { createClient } from "github-simulator/testing";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { loadConnection } from "../../../src/github/client/load-connection.ts";
import { listRepositories } from "../../../src/github/repositories/list-repositories.ts";
import { startAcme } from "../../support/start-acme.ts";
import type { SelectionNeeds } from "../../../src/selection-facts.ts";

const names = Array.from({ length: 250 }, (_, index) => `service-${index}`);

const { simulator, client, close } = await startAcme({
  users: [
    { login: "mona", role: "admin" },
    { login: "hubot", role: "member" },
  ],
  apps: [{ slug: "no-members", permissions: { contents: "read" } }],
  repositories: names.map((name, index) => ({
    name,
    language: index === 0 ? "Go" : "Rust",
    ...(index % 2 === 0 && { dockerfile: "docker/Dockerfile" }),
  })),
  teams: [
    { name: "Everything", repositories: Object.fromEntries(names.map((name) => [name, "write"])) },
    { name: "Few", repositories: { "service-1": "admin", "service-2": "read" } },
  ],
});
afterAll(close);

const needs: SelectionNeeds = {
  language: true,
  properties: true,
  teams: ["everything", "few"],
  paths: ["docker/Dockerfile", "gone.txt"],
  names: [],
};

test("one query for each hundred repositories reads all that a selection needs", async () => {
  const admin = createClient(simulator, "admin");
  await admin("PUT /orgs/acme/properties/schema/tier", {
    value_type: "single_select",
    allowed_values: ["gold", "tin"],
  });
  await admin("PATCH /orgs/acme/properties/values", {
    repository_names: ["service-1"],
    properties: [{ property_name: "tier", value: "gold" }],
  });
  const before = simulator.requests.length;
  const found = await listRepositories(client(), "acme", needs);
  expect(simulator.requests.length - before).toBe(3);
  expect(found).toHaveLength(250);
  const facts = (name: string) => found.find((each) => each.name === name)?.facts;
  expect(facts("service-0")).toEqual({
    language: "Go",
    properties: new Map(),
    teams: new Map([["everything", "write"]]),
    paths: new Set(["docker/Dockerfile"]),
  });
  expect(facts("service-1")).toEqual({
    language: "Rust",
    properties: new Map([["tier", ["gold"]]]),
    teams: new Map([
      ["everything", "write"],
      ["few", "admin"],
    ]),
    paths: new Set(),
  });
});

test("without needs no facts are read", async () => {
  const [first] = await listRepositories(client(), "acme");
  expect(first).toMatchObject({ name: "service-0" });
  expect(first).not.toHaveProperty("facts");
});

test("a team that is not there is refused with the page that lists them", async () => {
  await expect(listRepositories(client(), "acme", { ...needs, teams: ["nobody"] })).rejects.toThrow(
    "fleet.repositories: acme has no team nobody, or the admin token may not see it; write its slug as in https://github.com/orgs/acme/teams",
  );
});

test("an App that may not see teams is told which permission it needs", async () => {
  const { id, installationId, privateKey } = simulator.world.app("no-members");
  const config: Record<string, string> = { owner: "acme", baseUrl: simulator.url };
  const connection = loadConnection(
    { get: (key) => config[key] },
    {
      GITHUB_APP_ID: String(id),
      GITHUB_APP_INSTALLATION_ID: String(installationId),
      GITHUB_APP_PEM_FILE: privateKey,
    },
  );
  const asApp = createGitHubClient(connection);
  await expect(listRepositories(asApp, "acme", { ...needs, teams: ["few"] })).rejects.toThrow(
    /^fleet\.repositories: acme has no team few, or the admin token may not see it; .*App: Members: read\)$/,
  );
});

test("a user account has no teams", async () => {
  await expect(listRepositories(client(), "hubot", { ...needs, teams: ["few"] })).rejects.toThrow(
    "fleet.repositories: hubot is a user account, and only organisations have the team few; select by something else",
  );
});

/** @param refused what GitHub refuses to show, below the list: `[0, "mergeQueue"]` */
function answerInPart(
  nodes: readonly (object | null)[],
  refused: readonly (readonly (string | number)[])[],
) {
  const errors = refused.map((path) => ({
    type: "FORBIDDEN",
    message: "Repository access blocked",
    path: ["repositoryOwner", "repositories", "nodes", ...path],
  }));
  const pageInfo = { hasNextPage: false, endCursor: null };
  simulator.faults.inject(
    { path: "/graphql", times: 1 },
    {
      kind: "answer",
      status: 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        data: { repositoryOwner: { repositories: { pageInfo, nodes } } },
        errors,
      }),
    },
  );
}

const shown = {
  name: "api",
  owner: { login: "acme", __typename: "Organization" },
  databaseId: 1,
  visibility: "PUBLIC",
  isArchived: false,
  isDisabled: false,
  isEmpty: true,
  defaultBranchRef: null,
  repositoryTopics: { nodes: [] },
  folder: null,
  actions: null,
  mergeQueue: null,
};

test("one repository or merge queue that GitHub refuses to show does not end the list", async () => {
  answerInPart([shown, null], [[1], [0, "mergeQueue"]]);
  const found = await listRepositories(client(), "acme");
  expect(found).toEqual([expect.objectContaining({ name: "api", mergeQueue: false })]);
});

test("without any repository, or a fact that something selects by, no list is returned", async () => {
  answerInPart([null], [[0]]);
  await expect(listRepositories(client(), "acme")).rejects.toThrow(
    "GitHub shows the admin token none of the 1 repositories of acme: check what it may read, then run again",
  );
  answerInPart([shown], [[0, "primaryLanguage"]]);
  await expect(
    listRepositories(client(), "acme", { ...needs, teams: [], paths: [] }),
  ).rejects.toThrow("Repository access blocked");
});

test("a GitHub without custom properties is named as the reason, and nothing else is", async () => {
  const refuse = (message: string) =>
    simulator.faults.inject(
      { path: "/graphql", body: "repositoryCustomPropertyValues" },
      {
        kind: "answer",
        status: 200,
        body: JSON.stringify({ errors: [{ message }] }),
        headers: { "content-type": "application/json" },
      },
    );
  const end = refuse("Field 'repositoryCustomPropertyValues' doesn't exist on type 'Repository'");
  await expect(listRepositories(client(), "acme", needs)).rejects.toThrow(
    "fleet.repositories: this GitHub cannot be asked for custom properties; select by something else",
  );
  // A fleet that selects by something else does not ask for them.
  const others = { ...needs, properties: false };
  expect(await listRepositories(client(), "acme", others)).toHaveLength(250);
  end();
  const endOther = refuse("repositoryCustomPropertyValues is not shown to this token");
  await expect(listRepositories(client(), "acme", needs)).rejects.toThrow(
    "not shown to this token",
  );
  endOther();
});
