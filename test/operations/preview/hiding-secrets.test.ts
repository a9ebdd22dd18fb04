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
  faults: SimulatorOptions["faults"] = [],
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
        { name: "web", secrets: { OTHER: "another" } },
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
  const found = await warnOfHidingSecrets(github, { planned: new Map([[step.urn, step]]) });
  return { found, requests: platform.requests.length };
}

const warning =
  "api: a secret GHCR_PAT of the repository hides the organisation's, and its runs keep getting it: " +
  "delete it there, or after the update with ghcr-fleet drift --fix --delete-shadows";

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

test("repositories that have the organisation's secret already cost no request", async () => {
  const both = secretFor("api", "web");
  expect(await warnings(both, both)).toEqual({ found: [], requests: 0 });
});

test("a token that may not read the secrets of repositories leaves out the warning", async () => {
  const denied = {
    kind: "answer",
    status: 403,
    body: '{"message":"Resource not accessible"}',
  } as const;
  const { found } = await warnings(undefined, secretFor("api"), [
    { match: { path: "/actions/secrets/" }, effect: denied },
  ]);
  expect(found).toEqual([]);
});
