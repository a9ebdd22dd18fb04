import { anonymous } from "../../src/world/actor.ts";
import { beforeEach, describe, expect, test } from "vitest";
import { parseSeed, virtualClock } from "../../src/index.ts";
import type { ActionsHost } from "../../src/actions/host/actions-host.ts";
import { actionsOfWorld } from "../../src/platform/actions-of-world.ts";
import { plantSeed } from "../../src/seed/plant-seed.ts";
import { noRule } from "../../src/world/repositories/branch-rules.ts";
import { createEnvironment } from "../../src/world/repositories/create-repository.ts";
import type { Environment, Repository } from "../../src/world/state/repository.ts";
import type { World } from "../../src/world/world.ts";

const seed = parseSeed({
  organisation: {
    login: "acme",
    defaultWorkflowPermissions: "write",
    secrets: {
      everyone: { value: "organisation" },
      hidden: { value: "organisation", visibility: "private" },
      chosen: { value: "organisation", visibility: "selected", repositories: ["api"] },
    },
  },
  users: [{ login: "ada", role: "admin" }],
  repositories: [
    {
      name: "api",
      dockerfile: "docker/Dockerfile",
      secrets: { everyone: "repository" },
      environments: { Release: { secrets: { chosen: "environment" }, variables: { a: "1" } } },
    },
    { name: "vault", visibility: "private", files: { "a/b.txt": "b" } },
    { name: "shared", visibility: "internal", files: { "a/b.txt": "b" } },
  ],
});

let world: World;
let host: ActionsHost;
let api: Repository;
beforeEach(() => {
  world = plantSeed(seed, virtualClock(Date.parse("2031-05-06T07:08:09Z")));
  const view = { world, api: "http://api.test", actor: anonymous };
  host = actionsOfWorld(view, {
    serverUrl: "https://github.com",
    registryName: "ghcr.io",
    registryUrl: "http://registry.test",
    log: () => undefined,
  });
  api = world.repository("acme/api");
});

const shown = (repo: string, environment?: string) =>
  host.secretsFor("ACME", repo, environment).map(({ name, scope }) => `${name} ${scope}`);

describe("secrets", () => {
  test("reach a repository by the organisation's visibility, whatever the case", () => {
    expect(shown("API")).toEqual([
      "EVERYONE organization",
      "CHOSEN organization",
      "EVERYONE repository",
    ]);
    expect(shown("vault")).toEqual(["EVERYONE organization", "HIDDEN organization"]);
  });

  test("of an environment are included", () => {
    expect(shown("api", "release")).toContain("CHOSEN environment");
    expect(shown("vault", "release")).toEqual(shown("vault"));
    expect(host.variablesFor("acme", "api", "RELEASE")).toEqual([
      { name: "A", value: "1", scope: "environment" },
    ]);
  });
});

describe("an environment", () => {
  let release: Environment;
  beforeEach(() => {
    release = api.environments.get("release")!;
  });
  const refusal = (ref: string) => host.enterEnvironment("acme", "api", "release", ref);
  const allow = (...patterns: ["branch" | "tag", string][]) => {
    release.branchPolicy = { protectedBranches: false, customBranchPolicies: true };
    release.branchPolicies = patterns.map(([type, name], id) => ({ id, type, name }));
  };

  test("without a policy accepts every ref", () => {
    expect(refusal("refs/heads/any")).toBeUndefined();
  });

  test("that a job names for the first time is created", () => {
    expect(host.enterEnvironment("acme", "api", "New", "refs/heads/any")).toBeUndefined();
    expect(api.environments.get("new")).toMatchObject({ name: "New", branchPolicy: null });
  });

  test("accepts branches and tags by their own patterns", () => {
    allow(["branch", "main"], ["branch", "release/*"], ["tag", "v[0-9]*"]);
    expect(refusal("refs/heads/main")).toBeUndefined();
    expect(refusal("refs/heads/release/1")).toBeUndefined();
    expect(refusal("refs/tags/v1.2")).toBeUndefined();
    expect(refusal("refs/heads/release/1/fix")).toMatch(/^Branch "release\/1\/fix" is not allowed/);
    expect(refusal("refs/heads/v1.2")).toMatch(/^Branch "v1\.2" is not allowed/);
    expect(refusal("refs/tags/main")).toMatch(/^Tag "main" is not allowed to deploy to Release/);
    expect(refusal("refs/tags/version")).toBeDefined();
    expect(refusal("refs/pull/3/merge")).toMatch(/^Branch "refs\/pull\/3\/merge"/);
  });

  test("supports neither braces nor negation", () => {
    allow(["branch", "{main,next}"], ["branch", "!main"]);
    expect(refusal("refs/heads/main")).toBeDefined();
    expect(refusal("refs/heads/next")).toBeDefined();
  });

  test("for protected branches accepts only those", () => {
    release.branchPolicy = { protectedBranches: true, customBranchPolicies: false };
    expect(refusal("refs/heads/main")).toBeDefined();
    api.rules = parseSeed({
      organisation: { login: "x" },
      repositories: [{ name: "x", rules: [{ pattern: "main", source: "protection" }] }],
    }).repositories[0]!.rules.map((rule) => ({ ...noRule, id: 1, ...rule }));
    expect(refusal("refs/heads/main")).toBeUndefined();
    expect(refusal("refs/tags/main")).toBeDefined();
  });

  test("that needs a reviewer reports that there is none", () => {
    createEnvironment(world, api, "slow").waitTimer = 5;
    expect(host.enterEnvironment("acme", "api", "slow", "refs/heads/main")).toContain(
      "cannot wait",
    );
  });
});

describe("the settings of Actions", () => {
  const settings = () => host.repository("acme", "api")!;
  const organisation = () => world.findOrganisation("acme")!.actions;

  test("are the repository's if the organisation allows all", () => {
    api.actions.allowedActions = "selected";
    api.actions.selectedActions.patternsAllowed = ["docker/*"];
    expect(settings().policy).toEqual({
      enabled: true,
      allowed: "selected",
      githubOwnedAllowed: true,
      verifiedAllowed: false,
      patternsAllowed: ["docker/*"],
      shaPinningRequired: false,
    });
  });

  test("are the organisation's if it restricts them", () => {
    organisation().allowedActions = "local_only";
    organisation().shaPinningRequired = true;
    organisation().defaultWorkflowPermissions = "read";
    expect(settings().policy).toMatchObject({ allowed: "local_only", shaPinningRequired: true });
    expect(settings().defaultWorkflowPermissions).toBe("read");
  });

  test("are off if either says so", () => {
    expect(settings().defaultWorkflowPermissions).toBe("write");
    organisation().enabledRepositories = "selected";
    expect(settings().policy.enabled).toBe(false);
    world.findOrganisation("acme")!.selectedRepositories.add(api.id);
    expect(settings().policy.enabled).toBe(true);
    api.actions.enabled = false;
    expect(settings().policy.enabled).toBe(false);
  });
});

describe("reusable workflows", () => {
  const may = (called: string, caller: string) =>
    host.mayCallWorkflowsOf({ owner: "acme", repo: called }, { owner: "acme", repo: caller });

  test("of others can be called if they are shared, and never from a more open repository", () => {
    expect([may("api", "vault"), may("vault", "vault"), may("vault", "shared")]).toEqual([
      true,
      true,
      false,
    ]);
    expect(may("shared", "vault")).toBe(false);
    world.repository("acme/shared").actions.accessLevel = "organization";
    world.repository("acme/vault").actions.accessLevel = "organization";
    expect([may("shared", "vault"), may("shared", "api"), may("vault", "shared")]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

test("a job's token has the requested permissions, with the API's names, until it is revoked", () => {
  const token = host.mintJobToken({
    owner: "acme",
    repo: "api",
    runId: 1,
    jobId: 2,
    permissions: { contents: "read", "pull-requests": "write", packages: "none" },
  });
  expect(world.authenticate(token)).toMatchObject({
    kind: "job",
    permissions: { contents: "read", pull_requests: "write" },
    repositories: [api.id],
  });
  host.revokeJobToken(token);
  expect(world.authenticate(token)).toBeUndefined();
});

test("files are those of the commit", () => {
  const sha = host.resolveRef("acme", "api", "main")!;
  expect(host.listFiles("acme", "api", sha, "docker")).toEqual(["docker/Dockerfile"]);
  expect(host.listFiles("acme", "api", sha, "README.md")).toEqual([]);
  expect(host.readFile("acme", "api", sha, "README.md")).toBe("# api\n");
  expect(host.changedFiles("acme", "api", undefined, sha)).toContain("docker/Dockerfile");
  expect(host.readTree("acme", "api", sha).map(({ path, mode }) => `${mode} ${path}`)).toContain(
    "100644 README.md",
  );
  expect(host.resolveRef("acme", "gone", "main")).toBeUndefined();
});
