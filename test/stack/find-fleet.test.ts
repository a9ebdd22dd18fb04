import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient } from "github-simulator/testing";
import { loadFleetConfig } from "../../src/fleet/load-fleet-config.ts";
import type { GitHubApp } from "../../src/github/client/github-app.ts";
import { createGitHubClient } from "../../src/github/client/github-client.ts";
import { loadConnection } from "../../src/github/client/load-connection.ts";
import type { Fleet } from "../../src/fleet/fleet.ts";
import { assertInstallation } from "../../src/stack/assert-installation.ts";
import { findFleet, findStackFleet } from "../../src/stack/find-fleet.ts";
import { startAcme } from "../support/start-acme.ts";
import { ConfigurationError } from "../../src/user-error.ts";

const many = Array.from({ length: 2_000 }, (_, index) => `service-${index}`);
const acme = await startAcme({
  apps: [
    { slug: "nowhere", permissions: { contents: "write" }, repositories: [] },
    { slug: "callers", permissions: { contents: "write" }, repositories: ["new"] },
  ],
  repositories: [
    { name: "old", archived: true, files: { "README.md": "old" } },
    { name: "new", files: { "README.md": "new" } },
    { name: "mono2", files: { "README.md": "mono" } },
  ],
});
const { simulator } = acme;
const large = await startAcme({
  repositories: many.map((name, index) => ({
    name,
    language: index % 2 === 0 ? "Go" : "Rust",
    topics: index % 3 === 0 ? ["container"] : [],
    ...(index % 4 === 0 && { dockerfile: "Dockerfile" }),
  })),
  teams: [{ name: "Data", repositories: Object.fromEntries(many.map((name) => [name, "write"])) }],
});
beforeAll(async () => {
  const admin = createClient(large.simulator, "admin");
  await admin("PUT /orgs/acme/properties/schema/tier", {
    value_type: "single_select",
    allowed_values: ["gold"],
  });
  await admin("PATCH /orgs/acme/properties/values", {
    repository_names: ["service-1"],
    properties: [{ property_name: "tier", value: "gold" }],
  });
});
afterAll(async () => {
  await acme.close();
  await large.close();
});

const find = (config: object, { client } = acme) =>
  findFleet(client(), "acme", loadFleetConfig(config));

const ofData = { team: { slug: "data", permission: "write" } };

test.each([
  [667, { topic: "container" }],
  [1_000, { language: "Go" }],
  [500, { has: "Dockerfile" }],
  [2_000, ofData],
  [1_500, { not: { has: "Dockerfile" } }],
  [1_111, { any: [{ match: "service-1*" }, { all: [ofData, { language: "COBOL" }] }] }],
  [
    1_333,
    { any: [{ topic: "container" }, { all: [{ language: "Go" }, { visibility: "public" }] }] },
  ],
  [
    500,
    {
      all: [
        { any: [{ has: "Dockerfile" }, { match: "*-9999" }] },
        ofData,
        { not: { any: [{ language: "Rust" }, { property: "tier" }, { has: "gone.txt" }] } },
        { visibility: "public" },
      ],
    },
  ],
])(
  "selecting %i among 2,000 repositories takes one request for each hundred: %j",
  async (selected, entry) => {
    const before = large.simulator.requests.length;
    const { repositories } = await find({ repositories: [entry] }, large);
    expect(large.simulator.requests.length - before).toBe(20);
    expect(repositories).toHaveLength(selected);
  },
);

test("where nothing is left of what is selected, it is said why, and what to do", async () => {
  await expect(find({ repositories: [{ name: "old" }] })).rejects.toThrow(
    "fleet.repositories: no repository is left of those that the entries select: old (archived: unarchive it to bring it in) is left out; select another one, or narrow exclude",
  );
  await expect(find({ repositories: [{ match: "n*" }], exclude: ["new"] })).rejects.toThrow(
    "fleet.repositories: no repository is left of those that the entries select: exclude has all of them; select another one, or narrow exclude",
  );
});

test.each([
  ["names alone", []],
  ["other selectors, too", [{ match: "n*" }]],
])(
  "a renamed repository is called by its name now, in a configuration with %s",
  async (_, more) => {
    const admin = createClient(acme.simulator, "admin");
    await admin("PATCH /repos/acme/mono2", { name: "duo" });
    await expect(find({ repositories: [{ name: "mono2" }, ...more] })).rejects.toThrow(
      "acme/mono2 is now acme/duo: write duo in fleet.repositories",
    );
    await admin("PATCH /repos/acme/duo", { name: "mono2" });
  },
);

test("a team that does not exist is wrong configuration, in the file that has it", async () => {
  const config = loadFleetConfig({ repositories: [{ team: "nobody" }] });
  const found = findFleet(acme.client(), "acme", { ...config, file: "Pulumi.acme.yaml" });
  await expect(found).rejects.toThrow(
    new ConfigurationError([
      "Pulumi.acme.yaml: fleet.repositories: acme has no team nobody, or the admin token may not see it; write its slug as in https://github.com/orgs/acme/teams, and give the token the right to see teams (a classic PAT: read:org; any other, or an App: Members: read)",
    ]),
  );
  await expect(found).rejects.toBeInstanceOf(ConfigurationError);
});

function connectAs(app: string) {
  const { id, installationId, privateKey } = simulator.world.app(app);
  const config: Record<string, string> = { owner: "acme", baseUrl: simulator.url };
  const connection = loadConnection(
    { get: (key) => config[key] },
    {
      GITHUB_APP_ID: String(id),
      GITHUB_APP_INSTALLATION_ID: String(installationId),
      GITHUB_APP_PEM_FILE: privateKey,
    },
  );
  return { id, connection, github: createGitHubClient(connection) };
}

test("the error for an App that is installed on no repository says where to add some", async () => {
  const { id, connection, github } = connectAs("nowhere");
  await expect(assertInstallation(github, connection.token as GitHubApp, "acme")).rejects.toThrow(
    new RegExp(
      `^the App ${id} is installed on no repository of acme: add the repositories, or all of them, on http.*/\\d+$`,
    ),
  );
});

test("where an App is installed on no repository, that is why an entry matches nothing", async () => {
  const config = loadFleetConfig({ repositories: [{ match: "nothing-*" }] });
  const settings = { ...config, file: "Pulumi.acme.yaml" };
  const findAs = (app: string) => {
    const { connection, github } = connectAs(app);
    return findStackFleet(github, { connection, settings });
  };
  await expect(findAs("nowhere")).rejects.toThrow(
    /^the App \d+ is installed on no repository of acme: add/,
  );
  await expect(findAs("callers")).rejects.toThrow('"nothing-*"');
});

test("an App needs the central repository of a shared workflow, too", async () => {
  const { id, connection, github } = connectAs("callers");
  const assertReached = await assertInstallation(github, connection.token as GitHubApp, "acme");
  const names = (...all: string[]) =>
    ({ repositories: all.map((name) => ({ name })) }) as unknown as Fleet;
  expect(() => assertReached(names("new"))).not.toThrow();
  const shared = { repository: ".github" } as Fleet["shared"];
  expect(() => assertReached({ ...names("new"), shared })).toThrow(
    `the App ${id} is not installed on .github: add`,
  );
});
