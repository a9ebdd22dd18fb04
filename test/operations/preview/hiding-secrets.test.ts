import { parseSeed, startSimulator, type SimulatorOptions } from "github-simulator";
import { expect, onTestFinished, test } from "vitest";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import type { ResourceStep } from "../../../src/operations/preview/event-log.ts";
import { warnOfHidingSecrets } from "../../../src/operations/preview/hiding-secrets.ts";

function secretFor(...names: string[]): ResourceStep["after"] {
  const repositories = Object.fromEntries(names.map((name, index) => [name, index + 1]));
  const inputs = { scope: "organization", owner: "acme", name: "GHCR_PAT", repositories };
  return { inputs, outputs: {} };
}

async function warnings(
  before: ResourceStep["after"],
  after: ResourceStep["after"],
  { faults = [], others = [] }: Pick<SimulatorOptions, "faults"> & { others?: ResourceStep[] } = {},
) {
  const platform = await startSimulator({
    actions: false,
    faults,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "ada", role: "admin" }],
      tokens: [{ name: "admin", owner: "ada", scopes: ["repo"] }],
      repositories: [
        { name: "api", secrets: { GHCR_PAT: "its own" } },
        { name: "web", secrets: { OTHER: "another" }, variables: { GHCR_USERNAME: "old-bot" } },
      ],
    }),
  });
  onTestFinished(() => platform.close());
  const github = createGitHubClient({ baseUrl: platform.url, token: platform.tokens["admin"]! });
  const step: ResourceStep = {
    urn: "urn:pulumi:acme::ghcr-fleet::ghcr:index:RegistrySecret::shared",
    type: "ghcr:index:RegistrySecret",
    operation: before ? "update" : "create",
    before,
    after,
    paths: [],
  };
  const steps = [step, ...others].map((each) => [each.urn, each] as const);
  const found = await warnOfHidingSecrets(github, { planned: new Map(steps) }, "acme");
  return { found, requests: platform.requests.length };
}

const warning =
  "api: a secret GHCR_PAT of the repository hides the organisation's, and its runs keep getting it: " +
  "delete it there, or after the update with ghcr-fleet drift acme --fix --delete-shadows";

test("a preview warns of a secret of the same name, where the organisation's is given for the first time", async () => {
  expect(await warnings(undefined, secretFor("api", "web"))).toEqual({
    found: [warning],
    requests: 2,
  });
  expect(await warnings(secretFor("web"), secretFor("api", "web"))).toEqual({
    found: [warning],
    requests: 1,
  });
});

test("a preview warns of a variable that hides the organisation's, where the templates read it", async () => {
  const step = (type: string, name: string, inputs: object): ResourceStep => ({
    urn: `urn:pulumi:acme::ghcr-fleet::${type}::${name}`,
    type,
    operation: "create",
    before: undefined,
    after: { inputs: { ...inputs }, outputs: {} },
    paths: [],
  });
  const variable = (value: string) =>
    step("github:index/actionsOrganizationVariable:ActionsOrganizationVariable", "GHCR_USERNAME", {
      variableName: "GHCR_USERNAME",
      value,
    });
  const publishing = (mode: string) => step("ghcr:index:RepositoryPublishing", "web", { mode });
  const found = async (value: string, mode: string) => {
    const others = [variable(value), publishing(mode)];
    return (await warnings(undefined, secretFor("web"), { others })).found;
  };
  expect(await found("acme-publisher", "template")).toEqual([
    "web: a variable GHCR_USERNAME of the repository hides the organisation's, and its workflows log in with that name: delete it there",
  ]);
  expect(await found("acme-publisher", "repair")).toEqual([]);
  expect(await found("old-bot", "template")).toEqual([]);
});

test("repositories that have the organisation's secret already cost no request", async () => {
  const both = secretFor("api", "web");
  expect(await warnings(both, both)).toEqual({ found: [], requests: 0 });
});

test("a secret that the same update deletes hides nothing afterwards", async () => {
  const moved = async (inputs: object) => {
    const own: ResourceStep = {
      urn: "urn:pulumi:acme::ghcr-fleet::ghcr:index:RegistrySecret::api/GHCR_PAT",
      type: "ghcr:index:RegistrySecret",
      operation: "delete",
      before: { inputs: { owner: "acme", repository: "api", ...inputs }, outputs: {} },
      after: undefined,
      paths: [],
    };
    return (await warnings(secretFor("web"), secretFor("api", "web"), { others: [own] })).found;
  };
  expect(await moved({ scope: "repository", name: "GHCR_PAT" })).toEqual([]);
  // Another one stays.
  expect(await moved({ scope: "repository", name: "OLD_PAT" })).toEqual([warning]);
  const ofEnvironment = { scope: "environment", environment: "release", name: "GHCR_PAT" };
  expect(await moved(ofEnvironment)).toEqual([warning]);
});

test("a token that may not read the secrets of repositories leaves out the warning", async () => {
  const denied = {
    kind: "answer",
    status: 403,
    body: '{"message":"Resource not accessible"}',
  } as const;
  const { found } = await warnings(undefined, secretFor("api"), {
    faults: [{ match: { path: "/actions/secrets/" }, effect: denied }],
  });
  expect(found).toEqual([]);
});
