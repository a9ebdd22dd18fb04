import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { registerFleet, type Registered } from "./register-fleet.ts";

const canary = randomBytes(20).toString("hex");
const defaults = { actions: { tokenPermissions: "read" } };
const titles = (registered: readonly Registered[]) =>
  registered.map(({ type, name }) => `${type} ${name}`).sort();

test("with the organisation's secret, a repository has its settings, and how it publishes", async () => {
  const registered = await registerFleet({ defaults, repositories: [{ match: "*" }] }, canary);
  expect(titles(registered)).toMatchInlineSnapshot(`
    [
      "ghcr-fleet:index:RegistryAccess registry-access",
      "ghcr:index:ActionsSettings api/actions",
      "ghcr:index:ActionsSettings site/actions",
      "ghcr:index:ActionsSettings web/actions",
      "ghcr:index:RegistrySecret GHCR_PAT",
      "ghcr:index:RegistryToken publisher",
      "ghcr:index:RepositoryPublishing api",
      "ghcr:index:RepositoryPublishing site",
      "ghcr:index:RepositoryPublishing web",
      "github:index/actionsOrganizationVariable:ActionsOrganizationVariable GHCR_USERNAME",
      "pulumi:providers:ghcr ghcr",
      "pulumi:pulumi:Stack project-stack",
      "random:index/randomInteger:RandomInteger watch-minute",
      "random:index/randomPet:RandomPet rotation",
    ]
  `);
});

test("with its own secret, each repository has one and the variable", async () => {
  const registered = await registerFleet(
    { defaults, repositories: [{ name: "api" }], secret: { scope: "environment" } },
    canary,
  );
  expect(titles(registered)).toMatchInlineSnapshot(`
    [
      "ghcr-fleet:index:RegistryAccess registry-access",
      "ghcr:index:ActionsSettings api/actions",
      "ghcr:index:DeploymentEnvironment api/release",
      "ghcr:index:RegistrySecret api/GHCR_PAT",
      "ghcr:index:RegistryToken publisher",
      "ghcr:index:RegistryVariable api/GHCR_USERNAME",
      "ghcr:index:RepositoryPublishing api",
      "pulumi:providers:ghcr ghcr",
      "pulumi:pulumi:Stack project-stack",
      "random:index/randomInteger:RandomInteger watch-minute",
      "random:index/randomPet:RandomPet rotation",
    ]
  `);
});

test("in one fleet, repositories share the secret, have their own, or none", async () => {
  const registered = await registerFleet(
    {
      repositories: [
        { name: "api" },
        { name: "web", secret: { scope: "repository" } },
        { name: "site", credential: "job-token" },
      ],
    },
    canary,
  );
  expect(titles(registered).filter((title) => /Secret|Variable/.test(title))).toEqual([
    "ghcr:index:RegistrySecret GHCR_PAT",
    "ghcr:index:RegistrySecret web/GHCR_PAT",
    "ghcr:index:RegistryVariable web/GHCR_USERNAME",
    "github:index/actionsOrganizationVariable:ActionsOrganizationVariable GHCR_USERNAME",
  ]);
  const shared = registered.find(({ name }) => name === "GHCR_PAT");
  expect(shared?.inputs["repositories"]).toEqual({ api: 1 });
  const publishing = registered.filter(({ type }) => type.endsWith("RepositoryPublishing"));
  const withPat = publishing.filter(({ inputs }) => JSON.stringify(inputs).includes(canary));
  expect(withPat.map(({ name }) => name).sort()).toEqual(["api", "web"]);
});

test.each([
  ["another shares it", "pat", { api: 1, site: 4 }],
  ["nobody shares it", "job-token", { site: 4 }],
])("a move to the job's token waits for its wave: %s", async (_, credential, expected) => {
  const registered = await registerFleet(
    {
      repositories: [
        { name: "api", credential },
        { name: "web", credential: "job-token" },
        { name: "site", credential: "job-token" },
      ],
    },
    canary,
    undefined,
    { reached: new Set([1, 2, 4]), later: new Set(["site"]) },
  );
  const shared = registered.find(({ name }) => name === "GHCR_PAT");
  expect(shared?.inputs["repositories"]).toEqual(expected);
});

test("a move to an environment waits for the job that deploys there", async () => {
  const registered = await registerFleet(
    { repositories: [{ name: "api" }, { name: "web" }], secret: { scope: "environment" } },
    canary,
    undefined,
    { reached: new Set([1, 2]), undeployed: new Set([2]) },
  );
  expect(titles(registered).filter((title) => /Secret|Variable|Environment/.test(title))).toEqual([
    "ghcr:index:DeploymentEnvironment api/release",
    "ghcr:index:DeploymentEnvironment web/release",
    "ghcr:index:RegistrySecret GHCR_PAT",
    "ghcr:index:RegistrySecret api/GHCR_PAT",
    "ghcr:index:RegistryVariable api/GHCR_USERNAME",
    "github:index/actionsOrganizationVariable:ActionsOrganizationVariable GHCR_USERNAME",
  ]);
  const shared = registered.find(({ name }) => name === "GHCR_PAT");
  expect(shared?.inputs["repositories"]).toEqual({ web: 2 });
  const web = registered.find(({ name, type }) => name === "web" && type.endsWith("Publishing"));
  expect(JSON.stringify(web?.inputs["files"])).toContain("environment: release");
});

test("a trial of the next PAT shadows the secret that a repository keeps meanwhile", async () => {
  const registered = await registerFleet(
    { repositories: [{ name: "api" }], secret: { scope: "environment" } },
    canary,
    `${canary}2`,
    { reached: new Set([1]), undeployed: new Set([1]) },
  );
  const scopes = registered.flatMap(({ type, name, inputs }) =>
    type === "ghcr:index:RegistrySecret" ? `${name}: ${String(inputs["scope"])}` : [],
  );
  expect(scopes.sort()).toEqual(["GHCR_PAT: organization", "api/GHCR_PAT: repository"]);
});

test("every image of a repository is declared, with the Dockerfile that it is built from", async () => {
  const images = [{ image: "web" }, { image: "worker", dockerfile: "worker/Dockerfile" }];
  const registered = await registerFleet({ repositories: [{ name: "api", images }] }, canary);
  const publishing = registered.find(({ type }) => type === "ghcr:index:RepositoryPublishing");
  expect(publishing?.inputs).toMatchObject({
    image: "web",
    dockerfile: "Dockerfile",
    furtherImages: ["worker"],
    furtherDockerfiles: ["worker/Dockerfile"],
  });
});

test("the workflows that may publish, too, are declared for the preview", async () => {
  const repositories = [{ name: "api" }];
  const publishing = async (audit: object) =>
    (await registerFleet({ repositories, audit }, canary)).find(
      ({ type }) => type === "ghcr:index:RepositoryPublishing",
    )?.inputs;
  expect(await publishing({ workflows: ["nightly.yml"] })).toMatchObject({
    expectedWorkflows: ["nightly.yml"],
  });
  expect(await publishing({})).not.toHaveProperty("expectedWorkflows");
});

test("settings are managed only if the fleet sets them", async () => {
  const registered = await registerFleet(
    {
      repositories: [
        { name: "api" },
        {
          name: "web",
          actions: {
            tokenPermissions: "read",
            requirePinnedActions: true,
            allowed: ["docker/*"],
          },
        },
      ],
    },
    canary,
  );
  const settings = registered.filter(({ type }) => /Settings$|Permissions$/.test(type));
  expect(settings.map(({ type, inputs }) => ({ type, inputs }))).toMatchInlineSnapshot(`
    [
      {
        "inputs": {
          "allowedActions": {
            "githubOwned": true,
            "patterns": [
              "docker/*",
            ],
            "verified": false,
          },
          "canApprovePullRequestReviews": false,
          "defaultWorkflowPermissions": "read",
          "owner": "acme",
          "repository": "web",
          "shaPinningRequired": true,
        },
        "type": "ghcr:index:ActionsSettings",
      },
    ]
  `);
});

test("the organisation's secret is only for the repositories of the fleet", async () => {
  const registered = await registerFleet({ repositories: [{ name: "web" }] }, canary);
  const secret = registered.find(({ type }) => type === "ghcr:index:RegistrySecret");
  expect(secret?.inputs["repositories"]).toEqual({ web: 2 });
});

test("the PAT reaches resources only as a secret, and components not at all", async () => {
  const registered = await registerFleet({ repositories: [{ match: "*" }] }, canary);
  const components = registered.filter(({ type }) => type.startsWith("ghcr-fleet:"));
  expect(components.length).toBeGreaterThan(0);
  expect(JSON.stringify(components)).not.toContain(canary);
  const holders = registered.filter(({ inputs }) => JSON.stringify(inputs).includes(canary));
  expect(new Set(holders.map(({ type }) => type))).toEqual(
    new Set([
      "ghcr:index:RegistryToken",
      "ghcr:index:RegistrySecret",
      "ghcr:index:RepositoryPublishing",
    ]),
  );
  for (const { inputs } of holders) {
    const [key] = Object.entries(inputs).find(([, value]) =>
      JSON.stringify(value).includes(canary),
    )!;
    // Pulumi's wire format of a secret: https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/nodejs/runtime/rpc.ts
    expect(inputs[key]).toHaveProperty("4dabf18193072939515e22adb298388d");
  }
});

test.each(["organization", "repository", "environment"])(
  "in a trial with the scope %s, what uses the next token still comes after the one before",
  async (scope) => {
    const config = { repositories: [{ match: "*" }], secret: { scope } };
    const registered = await registerFleet(config, canary, `${canary}2`);
    const ofApi = registered.filter(
      ({ type, name }) => /Secret$|Variable$|Publishing$/.test(type) && name.startsWith("api"),
    );
    expect(ofApi.length).toBe(scope === "organization" ? 2 : 3);
    const names = registered.map(({ name }) => name);
    for (const user of ofApi) {
      expect(registered.indexOf(user)).toBeGreaterThan(names.indexOf("next-publisher"));
      expect(registered.indexOf(user)).toBeGreaterThan(names.indexOf("publisher"));
    }
  },
);

test("callers come after the shared workflow and the access to it, and get its commit", async () => {
  const registered = await registerFleet(
    {
      shared: { repository: "acme/.github" },
      repositories: [{ name: "api", form: "shared" }, { name: "web" }],
    },
    canary,
  );
  const names = registered.map(({ name }) => name);
  expect(names.indexOf("api")).toBeGreaterThan(names.indexOf("shared-workflow"));
  expect(names.indexOf("api")).toBeGreaterThan(names.indexOf("shared-workflow-access"));
  const inputsOf = (wanted: string) => registered.find(({ name }) => name === wanted)?.inputs;
  expect(inputsOf("shared-workflow-access")).toEqual({
    repository: ".github",
    accessLevel: "organization",
  });
  expect(inputsOf("api")?.["shared"]).toEqual({
    repository: "acme/.github",
    branch: "main",
    commit: "c".repeat(40),
  });
  expect(inputsOf("web")).not.toHaveProperty("shared");
});

test("a user's central repository is opened to the user's other repositories", async () => {
  const registered = await registerFleet(
    {
      shared: { repository: "acme/.github" },
      secret: { scope: "repository" },
      repositories: [{ name: "api", form: "shared" }],
    },
    canary,
    undefined,
    { ownerKind: "User" },
  );
  const inputsOf = (wanted: string) => registered.find(({ name }) => name === wanted)?.inputs;
  expect(inputsOf("shared-workflow-access")).toEqual({
    repository: ".github",
    accessLevel: "user",
  });
  expect(inputsOf("shared-workflow")).toMatchObject({ access: "user" });
});
