import { afterEach, beforeEach, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "github-simulator";
import { readDrift, type Drift } from "../../../src/operations/drift/read-drift.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { stackRecord } from "../../../src/stack/stack-record.ts";
import { gitHubAs } from "../../support/github-as.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme", plan: "enterprise" },
      users: [
        { login: "ada", role: "admin" },
        { login: "olga", role: "admin" },
      ],
      tokens: [
        { name: "admin", owner: "ada", scopes: ["repo", "admin:org", "read:audit_log"] },
        { name: "olga", owner: "olga", scopes: ["repo"] },
      ],
      repositories: [{ name: "web", environments: { release: {} } }],
    }),
  });
});
afterEach(() => simulator.close());

/** @param resources of the stack's state: only its settings, and no secret */
function read(resources: object[]): Promise<Drift> {
  const token = simulator.world.tokenValue("admin");
  return readDrift({
    owner: "acme",
    expected: { registry: "ghcr.io", secret: "GHCR_PAT", workflows: [] },
    fleet: undefined,
    record: stackRecord({ resources }),
    github: createGitHubClient({ baseUrl: simulator.url, token, pace: "burst" }),
    ownToken: "of the stack",
    now: new Date().toISOString(),
  });
}

/** The same settings: in stacks of this version, and in those that were not updated since. */
const holders = {
  "the fleet's resource": [
    {
      type: "ghcr:index:ActionsSettings",
      urn: "urn:settings",
      outputs: {
        ...{ owner: "acme", repository: "web" },
        defaultWorkflowPermissions: "read",
        shaPinningRequired: true,
        allowedActions: { patterns: ["acme/*", "docker/*"], githubOwned: true, verified: false },
      },
    },
  ],
  "resources of @pulumi/github": [
    {
      type: "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
      urn: "urn:workflows",
      outputs: { repository: "web", defaultWorkflowPermissions: "read" },
    },
    {
      type: "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
      urn: "urn:actions",
      outputs: {
        repository: "web",
        allowedActions: "selected",
        shaPinningRequired: true,
        allowedActionsConfig: { patternsAlloweds: ["docker/*", "acme/*"] },
      },
    },
  ],
};

test.each(Object.entries(holders))("settings of %s that were changed", async (_, resources) => {
  const { actions } = simulator.world.repository("acme/web");
  simulator.world.findOrganisation("acme")!.actions.canApprovePullRequestReviews = true;
  actions.canApprovePullRequestReviews = true;
  actions.allowedActions = "selected";
  actions.selectedActions.patternsAllowed = ["docker/*", "mallory/*"];
  const { findings } = await read(resources);
  expect(findings.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "permissions-widened: web: mallory/* may also run; acme/* may no longer run",
    "permissions-widened: web: workflows may approve pull requests",
    "permissions-widened: web: actions no longer have to be pinned to a commit",
  ]);
});

test("actions of all verified creators that may run, and GitHub's own that may not", async () => {
  const { actions } = simulator.world.repository("acme/web");
  const allowedActionsConfig = {
    githubOwnedAllowed: true,
    verifiedAllowed: false,
    patternsAlloweds: ["docker/*"],
  };
  const resources = [
    {
      type: "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
      urn: "urn:actions",
      outputs: { repository: "web", allowedActions: "selected", allowedActionsConfig },
    },
  ];
  actions.allowedActions = "selected";
  actions.selectedActions.patternsAllowed = ["docker/*"];
  expect((await read(resources)).findings).toEqual([]);
  Object.assign(actions.selectedActions, { verifiedAllowed: true, githubOwnedAllowed: false });
  const { findings } = await read(resources);
  expect(findings.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "permissions-widened: web: actions of all verified creators may also run; GitHub's own actions may no longer run",
  ]);
  actions.selectedActions.verifiedAllowed = false;
  expect((await read(resources)).findings.map(({ kind }) => kind)).toEqual([
    "permissions-narrowed",
  ]);
});

test("an environment that allows other branches, or was deleted", async () => {
  const environment = { owner: "acme", repository: "web", environment: "release" };
  const resources = [
    {
      type: "ghcr:index:DeploymentEnvironment",
      urn: "urn:environment",
      outputs: { ...environment, branches: ["main"], tags: ["v[0-9]*"] },
    },
  ];
  const texts = async () =>
    (await read(resources)).findings.map(({ kind, text }) => `${kind}: ${text}`);
  expect(await texts()).toEqual([
    "permissions-widened: the environment release of acme/web allows other branches and tags than the stack declared",
  ]);
  const client = gitHubAs(simulator, "admin");
  const path = "/repos/acme/web/environments/release";
  await client(`PUT ${path}`, {
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
  });
  await client(`POST ${path}/deployment-branch-policies`, { name: "main" });
  const tag = { name: "v[0-9]*", type: "tag" };
  await client(`POST ${path}/deployment-branch-policies`, tag);
  expect(await texts()).toEqual([]);
  await client(`POST ${path}/deployment-branch-policies`, { name: "feature/*" });
  expect(await texts()).toEqual([
    "permissions-widened: the environment release of acme/web also allows feature/*",
  ]);
  simulator.world.repository("acme/web").environments.delete("release");
  expect(await texts()).toEqual([
    "permissions-narrowed: the environment release of acme/web was deleted",
  ]);
});

test("somebody who changed another setting later is not the actor", async () => {
  const resources = [
    {
      type: "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
      urn: "urn:workflows",
      outputs: { repository: "web", defaultWorkflowPermissions: "read" },
    },
  ];
  simulator.world.findOrganisation("acme")!.actions.defaultWorkflowPermissions = "write";
  const widen = { default_workflow_permissions: "write" };
  await gitHubAs(simulator, "admin")("PUT /repos/acme/web/actions/permissions/workflow", widen);
  const pinned = { enabled: true, allowed_actions: "all", sha_pinning_required: true };
  await gitHubAs(simulator, "olga")("PUT /repos/acme/web/actions/permissions", pinned);
  const { findings } = await read(resources);
  expect(findings.map(({ kind, actor }) => [kind, actor])).toEqual([
    ["permissions-widened", "ada"],
  ]);
});
