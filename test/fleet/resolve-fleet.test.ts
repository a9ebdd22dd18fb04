import fc from "fast-check";
import { expect, test } from "vitest";
import { githubCom, gitHubHost } from "../../src/github-host.ts";
import type { OwnerKind } from "../../src/account.ts";
import { loadFleetConfig } from "../../src/fleet/load-fleet-config.ts";
import { resolveOffline } from "../../src/fleet/resolve-offline.ts";
import { namedRepositories } from "../../src/fleet/selection/select-repositories.ts";
import { UserError } from "../../src/user-error.ts";
import { renderRepository } from "../../src/publishing/templates/render-repository.ts";
import { foundRepository } from "../support/found-repository.ts";
import { resolve } from "./resolve.ts";

test("defaults apply, later patterns win over earlier ones, and names over patterns", () => {
  const fleet = resolve(
    {
      defaults: {
        dockerfile: "build/Dockerfile",
        buildArgs: { MODE: "default" },
        timeoutMinutes: 10,
      },
      repositories: [
        { name: "service-api", timeoutMinutes: 50, buildArgs: { API: "1" } },
        { match: "*", timeoutMinutes: 20 },
        { match: "service-*", timeoutMinutes: 30, buildArgs: { MODE: "service" } },
      ],
    },
    [foundRepository("service-web"), foundRepository("service-api"), foundRepository("Docs")],
  );
  expect(
    fleet.repositories.map(({ name, dockerfile, timeoutMinutes, buildArgs }) => ({
      name,
      dockerfile,
      timeoutMinutes,
      buildArgs,
    })),
  ).toEqual([
    {
      name: "Docs",
      dockerfile: "build/Dockerfile",
      timeoutMinutes: 20,
      buildArgs: { MODE: "default" },
    },
    {
      name: "service-api",
      dockerfile: "build/Dockerfile",
      timeoutMinutes: 50,
      buildArgs: { MODE: "service", API: "1" },
    },
    {
      name: "service-web",
      dockerfile: "build/Dockerfile",
      timeoutMinutes: 30,
      buildArgs: { MODE: "service" },
    },
  ]);
});

test("settings of pull requests are merged key by key, and what GITHUB_TOKEN may do stays unmanaged", () => {
  const labelled = { labels: ["ci"], autoMerge: "squash" };
  const [api, web] = resolve(
    {
      defaults: { pullRequests: labelled },
      repositories: [
        { name: "api", pullRequests: { autoMerge: "rebase", teamReviewers: ["platform"] } },
        { name: "web", actions: { requirePinnedActions: true } },
      ],
    },
    [foundRepository("api"), foundRepository("web")],
  ).repositories;
  const own = { labels: ["ci"], autoMerge: "rebase", teamReviewers: ["platform"] };
  expect([api?.pullRequests, web?.pullRequests]).toEqual([own, labelled]);
  expect(api?.actions.tokenPermissions).toBeUndefined();
  expect(web?.actions).toMatchObject({ tokenPermissions: undefined, requirePinnedActions: true });

  const draft = { name: "api", pullRequests: { draft: true } };
  expect(() =>
    resolve({ defaults: { pullRequests: labelled }, repositories: [draft] }, [
      foundRepository("api"),
    ]),
  ).toThrow("pullRequests of api: draft and autoMerge exclude each other");
});

test("image names become lower case, and keep what GHCR allows", () => {
  const names = ["API", "My.Service_", "a--b", "__init__", "v1.2"];
  const fleet = resolve(
    { repositories: [{ match: "*" }] },
    names.map((name) => foundRepository(name)),
  );
  expect(Object.fromEntries(fleet.repositories.map(({ name, image }) => [name, image]))).toEqual({
    API: "api",
    "My.Service_": "my.service",
    "a--b": "a--b",
    __init__: "init",
    "v1.2": "v1.2",
  });
});

test("a name that leaves nothing for an image needs an explicit one", () => {
  const fleet = { repositories: [{ match: "*" }] };
  expect(() => resolve(fleet, [foundRepository("___")])).toThrow(
    'no image can be called "___"; give that repository an `image` of its own',
  );
});

test("whatever is not refused can be rendered", () => {
  const pieces = ["-", ".", "/", "{{", "$", ":", " ", "a", "\r", "\n", "é", '"', "@", "#"];
  const text = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 6 });
  const keys = fc.constantFrom(
    "branch",
    "image",
    "context",
    "dockerfile",
    "runner",
    "argument",
    "name",
  );
  const refused = (key: string, value: string) => {
    const setting = key === "argument" ? { buildArgs: { ARG: value } } : { [key]: value };
    const entry = { name: "api", ...setting };
    try {
      const fleet = resolve({ repositories: [entry] }, [foundRepository(entry.name)]);
      for (const repository of fleet.repositories) renderRepository(fleet, repository);
    } catch (error) {
      return error;
    }
    return undefined;
  };
  fc.assert(
    fc.property(keys, text, (key, value) => {
      const reason = refused(key, value);
      if (reason !== undefined) expect(reason).toBeInstanceOf(UserError);
    }),
    { numRuns: 300 },
  );
});

test("an image belongs to one repository", () => {
  const names = ["a___b", "a_b", "api", "web", "www"];
  const patterns = [{ match: "a*" }, { match: "w*", image: "site" }];
  const resolveAll = (entries: readonly object[]) =>
    resolve(
      { repositories: entries },
      names.map((name) => foundRepository(name)),
    );
  expect(() => resolveAll(patterns)).toThrowErrorMatchingInlineSnapshot(`
    [UsageError: fleet.repositories: a___b, a_b publish to one image, ghcr.io/acme/a_b, and would overwrite each other's; give all but one of them an \`image\` of their own
    fleet.repositories: web, www publish to one image, ghcr.io/acme/site, and would overwrite each other's; give all but one of them an \`image\` of their own]
  `);
  const fleet = resolveAll([
    ...patterns,
    { name: "www", image: "www" },
    { name: "a_b", image: "ab" },
  ]);
  expect(fleet.repositories.map(({ image }) => image)).toEqual(["a_b", "ab", "api", "site", "www"]);
});

test("a default image for a whole fleet shows the first ones", () => {
  const names = Array.from({ length: 9 }, (_, index) => foundRepository(`r-${index}`));
  expect(() =>
    resolve({ defaults: { image: "app" }, repositories: [{ match: "*" }] }, names),
  ).toThrow("r-0, r-1, r-2, r-3, r-4 and 4 more publish to one image, ghcr.io/acme/app,");
});

test("a check without GitHub sees what named repositories share", () => {
  const config = loadFleetConfig({
    defaults: { image: "app" },
    repositories: [{ name: "api" }, { name: "web" }, { match: "service-*" }],
  });
  expect(() => resolveOffline(config, { host: githubCom, owner: "acme" })).toThrow(
    "api, web publish to one image, ghcr.io/acme/app,",
  );
});

test("paths are written as in git", () => {
  const paths = { api: ["./docker/./Dockerfile", "./"], web: ["Dockerfile", "./docker"] };
  const fleet = resolve(
    {
      repositories: Object.entries(paths).map(([name, [dockerfile, context]]) => ({
        name,
        dockerfile,
        context,
      })),
    },
    Object.keys(paths).map((name) => foundRepository(name)),
  );
  expect(fleet.repositories.map(({ dockerfile, context }) => [dockerfile, context])).toEqual([
    ["docker/Dockerfile", "."],
    ["Dockerfile", "docker"],
  ]);
});

test("repositories that cannot have workflows are left out by name, with the fix", () => {
  const fleet = resolve({ repositories: [{ match: "*" }], exclude: ["sandbox-*"] }, [
    foundRepository("api"),
    foundRepository("attic", { archived: true }),
    foundRepository("blank", { empty: true, defaultBranch: undefined }),
    foundRepository("blocked", { disabled: true }),
    foundRepository("sandbox-1"),
  ]);
  expect(fleet.repositories.map(({ name }) => name)).toEqual(["api"]);
  expect(fleet.skipped).toEqual([
    { name: "attic", reason: "archived: unarchive it to bring it in" },
    { name: "blank", reason: "empty: push a first commit to bring it in" },
    { name: "blocked", reason: "disabled by GitHub: ask its support" },
  ]);
});

test("a topic selects the repositories that have it", () => {
  const fleet = resolve(
    { repositories: [{ topic: "container" }, { name: "docs", image: "manual" }] },
    [
      foundRepository("api", { topics: ["backend", "container"] }),
      foundRepository("web", { topics: ["frontend"] }),
      foundRepository("docs"),
    ],
  );
  expect(fleet.repositories.map(({ name, image }) => [name, image])).toEqual([
    ["api", "api"],
    ["docs", "manual"],
  ]);
});

test("names and patterns that find nothing are all named", () => {
  expect(() =>
    resolve(
      { repositories: [{ name: "api" }, { name: "gone" }, { match: "srv-*" }, { topic: "image" }] },
      [foundRepository("api")],
    ),
  ).toThrowErrorMatchingInlineSnapshot(`
    [UsageError: fleet.repositories[1].name: acme/gone does not exist, or the admin token may not see it; correct or remove it
    fleet.repositories[2].match: "srv-*" matches no repository of acme; correct or remove it
    fleet.repositories[3].topic: no repository of acme has the topic "image"; correct or remove it]
  `);
});

test("for a fleet of names, only these are requested from GitHub", () => {
  const names = loadFleetConfig({ repositories: [{ name: "api" }, { name: "web" }] });
  const patterns = loadFleetConfig({ repositories: [{ name: "api" }, { match: "w*" }] });
  expect(namedRepositories(names)).toEqual(["api", "web"]);
  expect(namedRepositories(patterns)).toBeUndefined();
});

test("an organisation's secret is shared, and a user's repositories have one each, unless stated", () => {
  const scopeOf = (scope: string | undefined, kind: OwnerKind) =>
    resolve({ secret: { scope }, repositories: [{ name: "api" }] }, [foundRepository("api")], {
      ownerKind: kind,
    }).secret.scope;
  expect(scopeOf(undefined, "Organization")).toBe("organization");
  expect(scopeOf("repository", "Organization")).toBe("repository");
  expect(scopeOf(undefined, "User")).toBe("repository");
  expect(scopeOf("environment", "User")).toBe("environment");
});

test("what only organisations have is refused for a user, with the fix", () => {
  const refusal = (value: object) => () =>
    resolve(
      { repositories: [{ match: "*" }], ...value },
      [foundRepository("api"), foundRepository("web")],
      { ownerKind: "User" },
    );
  expect(refusal({ secret: { scope: "organization" } })).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: fleet.secret.scope: acme is a user account, and only organisations have secrets for several repositories; remove scope, or write repository]`,
  );
  expect(
    refusal({ defaults: { secret: { scope: "organization" } } }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: fleet: secret.scope of api, web: acme is a user account, and only organisations have secrets for several repositories; remove scope, or write repository]`,
  );
  expect(
    refusal({ defaults: { package: { visibility: "internal" } } }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: fleet: package.visibility of api, web: acme is a user account, and only organisations have internal packages; write private or public]`,
  );
  expect(
    refusal({ defaults: { workflows: { storageRecord: true } } }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: fleet: workflows.storageRecord of api, web: acme is a user account, and only organisations have a page of linked artifacts; remove it]`,
  );
});

test("records of linked artifacts are refused where releases are not attested", () => {
  const config = loadFleetConfig({
    defaults: { workflows: { storageRecord: true } },
    repositories: [{ name: "api" }, { name: "web", workflows: { storageRecord: false } }],
  });
  const host = gitHubHost("https://git.example.com");
  expect(() => resolveOffline(config, { host, owner: "acme" })).toThrow(
    "fleet: workflows.storageRecord of api: git.example.com is an Enterprise Server, which has no artifact attestations, with which releases are recorded; remove it",
  );
});

test("a lockfile is refused on an Enterprise Server, and its registry is the fleet's", () => {
  const host = gitHubHost("https://git.example.com");
  const resolve = (lockfile: "keep" | "onboard") => {
    const config = loadFleetConfig({ repositories: [{ name: "api", workflows: { lockfile } }] });
    return resolveOffline(config, { host, owner: "acme" });
  };
  expect(() => resolve("onboard")).toThrow(
    "fleet: workflows.lockfile of api: git.example.com is an Enterprise Server, which has no workflow lockfiles; write keep, or remove it",
  );
  expect(resolve("keep")[0]?.fleets[0]?.registry).toBe("containers.git.example.com");
});
