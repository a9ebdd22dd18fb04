import { expect, test } from "vitest";
import { githubCom } from "../../src/github-host.ts";
import {
  explainSelection,
  unmatchedSelectors,
} from "../../src/fleet/selection/explain-selection.ts";
import type { FleetConfig } from "../../src/fleet/fleet-config.ts";
import { loadFleetConfig } from "../../src/fleet/load-fleet-config.ts";
import {
  selectRepositories,
  type FoundRepository,
} from "../../src/fleet/selection/select-repositories.ts";
import { describeSelector, selectionNeeds } from "../../src/fleet/selection/selectors.ts";
import { nothingKnown, type SelectionFacts } from "../../src/selection-facts.ts";
import { foundRepository } from "../support/found-repository.ts";

const found = (
  name: string,
  facts: Partial<SelectionFacts> = {},
  more: Partial<FoundRepository> = {},
): FoundRepository => foundRepository(name, { facts: { ...nothingKnown, ...facts }, ...more });

const all = [
  found("api", { language: "Go", paths: new Set(["Dockerfile"]) }, { topics: ["container"] }),
  found("jobs", { properties: new Map([["tier", ["gold"]]]), teams: new Map([["data", "read"]]) }),
  found("site", { language: "TypeScript" }, { visibility: "public" }),
  found("web", {
    properties: new Map([["tier", ["silver", "eu"]]]),
    teams: new Map([["data", "maintain"]]),
    paths: new Set(["Dockerfile"]),
  }),
];

function select(...repositories: unknown[]): string[] {
  const config = loadFleetConfig({ repositories });
  return selectRepositories(config, "acme", all).selected.map(({ repository }) => repository.name);
}

test.each([
  [{ property: "tier" }, ["jobs", "web"]],
  [{ property: "Tier" }, ["jobs", "web"]],
  [{ property: { name: "tier", value: "eu" } }, ["web"]],
  [{ team: "data" }, ["jobs", "web"]],
  [{ team: { slug: "Data", permission: "write" } }, ["web"]],
  [{ visibility: "public" }, ["site"]],
  [{ language: "go" }, ["api"]],
  [{ has: "Dockerfile" }, ["api", "web"]],
  [{ match: "*" }, ["api", "jobs", "site", "web"]],
  [{ any: [{ topic: "container" }, { language: "TypeScript" }] }, ["api", "site"]],
  [{ all: [{ has: "Dockerfile" }, { not: { team: "data" } }] }, ["api"]],
  [{ not: { any: [{ name: "API" }, { match: "w*" }] } }, ["jobs", "site"]],
])("%j selects %j", (entry, names) => {
  expect(select(entry)).toEqual(names);
});

test("only what a configuration selects by is read", () => {
  const { repositories } = loadFleetConfig({
    repositories: [
      { name: "api" },
      { all: [{ team: "Data" }, { not: { any: [{ has: "Dockerfile" }, { team: "data" }] } }] },
    ],
  });
  expect(selectionNeeds(repositories)).toEqual({
    language: false,
    properties: false,
    teams: ["data"],
    paths: ["Dockerfile"],
    names: ["api"],
  });
});

test("a selector is described as it is read aloud", () => {
  const { repositories } = loadFleetConfig({
    repositories: [
      {
        all: [
          { any: [{ topic: "container" }, { property: { name: "tier", value: "gold" } }] },
          { not: { team: { slug: "data", permission: "admin" } } },
        ],
      },
    ],
  });
  expect(repositories.map(describeSelector)).toEqual([
    "(topic container or property tier = gold) and not team data with admin",
  ]);
});

test("what no repository has is refused with the next step", () => {
  const entries = [
    { property: "tiers" },
    { team: "ops" },
    { has: "Containerfile" },
    { language: "C" },
  ];
  expect(() => select(...entries)).toThrowErrorMatchingInlineSnapshot(`
    [UsageError: fleet.repositories[0].property: no repository of acme has the property tiers; correct it (Custom properties in the organisation's settings lists names and values), set it on a repository, or remove it here
    fleet.repositories[1].team: no repository of acme is given to the team ops; add one, or remove this
    fleet.repositories[2].has: no repository of acme is selected by has Containerfile; correct or remove it
    fleet.repositories[3].language: no repository of acme is selected by language C; correct or remove it]
  `);
});

test("a name that nothing has is refused in a combination that selects others, too", () => {
  const combinations = [
    { all: [{ match: "*" }, { not: { property: "teir" } }] },
    { any: [{ property: { name: "teir", value: "gold" } }, { topic: "container" }] },
    { all: [{ match: "*" }, { not: { any: [{ name: "jobs" }, { name: "wbe" }] } }] },
  ];
  expect(() => select(...combinations)).toThrowErrorMatchingInlineSnapshot(`
    [UsageError: fleet.repositories[0].all[1].not.property: no repository of acme has the property teir; correct it (Custom properties in the organisation's settings lists names and values), set it on a repository, or remove it here
    fleet.repositories[1].any[0].property: no repository of acme has the property teir; correct it (Custom properties in the organisation's settings lists names and values), set it on a repository, or remove it here
    fleet.repositories[2].all[1].not.any[1].name: acme/wbe does not exist, or the admin token may not see it; correct or remove it]
  `);
});

test("what has no repository yet is listed, and keeps nobody out", () => {
  const not = [
    { topic: "archived" },
    { has: ".no-publish" },
    { language: "C" },
    { property: { name: "tier", value: "none" } },
    { match: "web" },
  ];
  const entry = { all: not.map((each) => ({ not: each })) };
  expect(select(entry)).toEqual(["api", "jobs", "site"]);
  const at = (index: number) => `fleet.repositories[0].all[${index}].not`;
  expect(unmatchedSelectors(loadFleetConfig({ repositories: [entry] }), all)).toEqual([
    { at: at(0), selector: "topic archived" },
    { at: at(1), selector: "has .no-publish" },
    { at: at(2), selector: "language C" },
    { at: at(3), selector: "property tier = none" },
  ]);
});

test("wrong selectors are refused where they are", () => {
  const repositories = [
    { any: [] },
    { all: [{ topic: "a", match: "b" }, { has: "../x" }] },
    { not: { name: "acme/api" } },
    { team: { slug: "ops", permission: "owner" } },
    { property: { name: "tier" } },
    { visibility: "secret" },
  ];
  expect(() => loadFleetConfig({ repositories })).toThrowErrorMatchingInlineSnapshot(`
    [ConfigurationError: Pulumi.<stack>.yaml: fleet.repositories[0].any: is empty; give at least one selector, such as - topic: "container"
    Pulumi.<stack>.yaml: fleet.repositories[1].all[0]: needs exactly one of name, match, topic, property, team, visibility, language, has, all, any, not
    Pulumi.<stack>.yaml: fleet.repositories[1].all[1].has: leaves the repository; give a path below its root, such as docker/Dockerfile
    Pulumi.<stack>.yaml: fleet.repositories[2].not.name: "acme/api" contains a slash; leave out the owner, it is github:owner
    Pulumi.<stack>.yaml: fleet.repositories[3].team.permission: must be one of read, triage, write, maintain, admin
    Pulumi.<stack>.yaml: fleet.repositories[4].property.value: is missing; it must be a string
    Pulumi.<stack>.yaml: fleet.repositories[5].visibility: must be one of public, private, internal]
  `);
});

test("each repository of the owner is in the fleet or out, for a reason", () => {
  const config: FleetConfig = loadFleetConfig({
    defaults: { platforms: ["linux/amd64", "linux/arm64"] },
    repositories: [
      { has: "Dockerfile" },
      { name: "web", image: "storefront", workflows: { replaceSecrets: ["CR_PAT"] } },
      { match: "old" },
    ],
    exclude: ["a*"],
  });
  const repositories = [...all, found("old", {}, { archived: true })];
  const account = { host: githubCom, owner: "acme", ownerKind: "Organization" } as const;
  const explained = explainSelection(config, account, repositories);
  expect(explained.map(({ settings, ...each }) => ({ ...each, runner: settings?.runner })))
    .toMatchInlineSnapshot(`
      [
        {
          "changed": {},
          "name": "api",
          "reason": "exclude has a*",
          "rules": [
            {
              "at": "fleet.repositories[0]",
              "selector": "has Dockerfile",
            },
          ],
          "runner": undefined,
        },
        {
          "changed": {},
          "name": "jobs",
          "reason": "no entry selects it",
          "rules": [],
          "runner": undefined,
        },
        {
          "changed": {},
          "name": "old",
          "reason": "archived: unarchive it to bring it in",
          "rules": [
            {
              "at": "fleet.repositories[2]",
              "selector": "match old",
            },
          ],
          "runner": undefined,
        },
        {
          "changed": {},
          "name": "site",
          "reason": "no entry selects it",
          "rules": [],
          "runner": undefined,
        },
        {
          "changed": {
            "image": "storefront",
            "platforms": [
              "linux/amd64",
              "linux/arm64",
            ],
            "workflows": {
              "replaceSecrets": [
                "CR_PAT",
              ],
            },
          },
          "name": "web",
          "reason": undefined,
          "rules": [
            {
              "at": "fleet.repositories[0]",
              "selector": "has Dockerfile",
            },
            {
              "at": "fleet.repositories[1]",
              "selector": "name web",
            },
          ],
          "runner": "ubuntu-24.04",
        },
      ]
    `);
});
