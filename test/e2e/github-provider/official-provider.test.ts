import * as github from "@pulumi/github";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "github-simulator";
import { declareRules, declareTeams, declareWork, readAll } from "./official-resources.ts";
import {
  countWrites,
  startOfficialStack,
  type OfficialStack,
  type Options,
} from "./official-stack.ts";

/** What changes between two updates. */
let wanted = {
  file: "on: push\n",
  secret: "first",
  variable: "one",
  title: "A topic",
  approvals: 1,
  permission: "pull" as "pull" | "maintain",
};

let official: OfficialStack;
let simulator: Simulator;

beforeAll(async () => {
  official = await startOfficialStack("official-provider", declare);
  ({ simulator } = official);
});

afterAll(() => official.close());

/** One resource of each kind that uses what the simulator serves. */
async function declare(options: Options): Promise<void> {
  const repository = "web";
  const webId = simulator.world.repository("acme/web").id;

  const made = new github.Repository(
    "made",
    { name: "made", visibility: "public", autoInit: true, hasIssues: true, topics: ["container"] },
    options,
  );
  new github.RepositoryFile(
    "file",
    { repository, file: ".github/workflows/ci.yml", content: wanted.file, overwriteOnCreate: true },
    options,
  );
  new github.ActionsSecret(
    "secret",
    { repository, secretName: "GHCR_PAT", value: wanted.secret },
    options,
  );
  new github.ActionsVariable(
    "variable",
    { repository, variableName: "GHCR_USERNAME", value: wanted.variable },
    options,
  );
  const shared = new github.ActionsOrganizationSecret(
    "shared-secret",
    { secretName: "SHARED", visibility: "selected", value: wanted.secret },
    options,
  );
  new github.ActionsOrganizationSecretRepositories(
    "shared-secret-repositories",
    { secretName: shared.secretName, selectedRepositoryIds: [webId] },
    options,
  );
  new github.ActionsOrganizationVariable(
    "shared-variable",
    {
      variableName: "SHARED",
      visibility: "selected",
      value: wanted.variable,
      selectedRepositoryIds: [webId],
    },
    options,
  );
  new github.WorkflowRepositoryPermissions(
    "workflow-permissions",
    { repository, defaultWorkflowPermissions: "read", canApprovePullRequestReviews: false },
    options,
  );
  new github.ActionsRepositoryPermissions(
    "actions-permissions",
    {
      repository,
      allowedActions: "selected",
      allowedActionsConfig: { githubOwnedAllowed: true, patternsAlloweds: ["docker/*"] },
      enabled: true,
    },
    options,
  );
  const environment = new github.RepositoryEnvironment(
    "environment",
    {
      repository,
      environment: "release",
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    },
    options,
  );
  new github.RepositoryEnvironmentDeploymentPolicy(
    "policy",
    { repository, environment: environment.environment, branchPattern: "main" },
    options,
  );
  new github.ActionsEnvironmentSecret(
    "environment-secret",
    {
      repository,
      environment: environment.environment,
      secretName: "DEPLOY",
      value: wanted.secret,
    },
    options,
  );
  new github.ActionsEnvironmentVariable(
    "environment-variable",
    {
      repository,
      environment: environment.environment,
      variableName: "STAGE",
      value: wanted.variable,
    },
    options,
  );
  new github.ActionsRepositoryAccessLevel(
    "access-level",
    { repository: "api", accessLevel: "organization" },
    options,
  );
  const branch = new github.Branch(
    "branch",
    { repository: made.name, branch: "topic", sourceBranch: "main" },
    options,
  );
  const topic = new github.RepositoryFile(
    "topic",
    { repository: made.name, branch: branch.branch, file: "topic.txt", content: "topic\n" },
    options,
  );
  new github.RepositoryPullRequest(
    "pull-request",
    {
      baseRepository: made.name,
      baseRef: "main",
      headRef: branch.branch,
      title: wanted.title,
      body: "Why",
    },
    { ...options, dependsOn: topic },
  );
  const team = declareTeams(made, wanted, options);
  declareRules(made, team, wanted, options);
  declareWork(made, wanted, options);
  await readAll(options);
}

/** The organisation's teams by name, with their members and their roles in repositories. */
function teams() {
  const { world } = simulator;
  return [...world.findOrganisation("acme")!.teams.values()]
    .map(({ slug, members, repositories }) => [
      slug,
      [...members],
      [...repositories].map(([id, role]) => [world.state.repositories.get(id)?.name, role]),
    ])
    .sort();
}

const inWeb = { scope: "repository", repository: "acme/web" } as const;
const resources = 37;

test("up creates everything that the program declares", async () => {
  expect(await official.run("up")).toEqual({ create: resources });
  const { world } = simulator;
  const web = world.repository("acme/web");
  expect(world.readFile(web, "main", ".github/workflows/ci.yml")?.toString()).toBe("on: push\n");
  expect(world.secretValue(inWeb, "GHCR_PAT")).toBe("first");
  expect(Object.fromEntries(world.effectiveSecrets(web, "release"))).toEqual({
    GHCR_PAT: "first",
    SHARED: "first",
    DEPLOY: "first",
  });
  expect(Object.fromEntries(world.effectiveVariables(web, "release"))).toEqual({
    GHCR_USERNAME: "one",
    SHARED: "one",
    STAGE: "one",
  });
  expect(web.actions.selectedActions.patternsAllowed).toEqual(["docker/*"]);
  expect(web.environments.get("release")?.branchPolicies.map(({ name }) => name)).toEqual(["main"]);
  expect(world.repository("acme/api").actions.accessLevel).toBe("organization");
  expect(world.repository("acme/made").pulls.map(({ title }) => title)).toEqual(["A topic"]);
  expect(teams()).toEqual([
    ["engineering", [["acme-publisher", "member"]], [["handbook", "read"]]],
    ["platform", [["acme-dev", "member"]], [["made", "read"]]],
  ]);
});

test("up again, and refresh, change nothing", async () => {
  const writes = countWrites(simulator);
  expect(await official.run("up")).toEqual({ same: resources });
  expect(await official.run("refresh")).toEqual({ same: resources });
  expect(countWrites(simulator)).toBe(writes);
});

test("up brings a change", async () => {
  wanted = {
    file: "on: [push]\n",
    secret: "second",
    variable: "two",
    title: "The topic",
    approvals: 2,
    permission: "maintain",
  };
  expect(await official.run("up")).toEqual({ same: resources - 19, update: 19 });
  const { world } = simulator;
  const web = world.repository("acme/web");
  expect(world.readFile(web, "main", ".github/workflows/ci.yml")?.toString()).toBe("on: [push]\n");
  expect([...world.effectiveSecrets(web, "release").values()]).toEqual([
    "second",
    "second",
    "second",
  ]);
  expect(world.repository("acme/made").pulls.map(({ title }) => title)).toEqual(["The topic"]);
  expect(teams()).toEqual([
    ["engineering", [["acme-publisher", "member"]], [["handbook", "maintain"]]],
    ["platform", [["acme-dev", "maintainer"]], [["made", "maintain"]]],
  ]);
});

test("destroy leaves nothing behind", async () => {
  await official.run("destroy");
  const { world } = simulator;
  const web = world.repository("acme/web");
  expect(world.readFile(web, "main", ".github/workflows/ci.yml")).toBeUndefined();
  expect(world.effectiveSecrets(web).size).toBe(0);
  expect(world.findRepository("acme", "made")).toBeUndefined();
  expect(teams()).toEqual([]);
});

test("the provider met nothing that the simulator does not implement", () => {
  expect(simulator.requests.filter(({ status }) => status >= 500)).toEqual([]);
});
