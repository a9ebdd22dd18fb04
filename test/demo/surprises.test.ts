import { loadSeed, startSimulator } from "github-simulator";
import { expect, onTestFinished, test } from "vitest";
import { takeInventory, writesBetween } from "../../demo/first-hour/inventory.ts";
import { surprises } from "../../demo/first-hour/surprises.ts";
import type { RepositoryChanges } from "../../src/operations/preview/stack-preview.ts";
import type { Crossing } from "../../src/operations/status/crossing.ts";
import { aChange } from "../report/preview/a-preview.ts";

const ci = ".github/workflows/ci.yml";
const web: RepositoryChanges = {
  ...aChange("web", 1),
  delivery: { by: "commit", branch: "main" },
};
const careful: RepositoryChanges = {
  ...aChange("careful", 1),
  delivery: { by: "pull-request", branch: "main", why: "a ruleset" },
};
const secret: RepositoryChanges = {
  repository: undefined,
  resources: [{ operation: "create", what: "secret GHCR_PAT", properties: [], files: [] }],
};
const all = ["shared: secret GHCR_PAT", `web: ${ci}`, "careful: pull request"];
const announced = { changes: [secret, web, careful], rules: [], warnings: [] };

test("what the preview announced is no surprise; anything else is", () => {
  expect(surprises(announced, all, [])).toEqual([]);
  const more = [`careful: ${ci}`, "web: pull request", "web: settings", `api: ${ci}`];
  expect(surprises(announced, [...all, ...more], [])).toEqual(more);
});

test("files that were announced and not written are a surprise, too", () => {
  expect(surprises(announced, [], [])).toEqual([
    `web: ${ci}, which was announced and not written`,
    "careful: pull request, which was announced and not written",
  ]);
});

test("a finding of status is no surprise if the preview warned of the same", () => {
  const crossing = (check: Crossing["check"], repository: string | null, text: string) => ({
    ...{ check, repository, text },
    severity: "warning" as const,
    cause: null,
    url: null,
  });
  const warnings = [
    "web: a secret GHCR_PAT of the repository hides the organisation's",
    "api: its package is linked to no repository: https://github.com/x",
    "gone: ines declined https://github.com/acme/gone/pull/1",
  ];
  const rule = { rule: "package-linked", level: "advisory" as const, subject: "worker" };
  const rules = [{ ...rule, message: "must be linked" }];
  const foretold = [
    crossing("shadowed", "web", "a secret of the repository hides it"),
    crossing("package", "api", "its package is linked to no repository"),
    crossing("package", "worker", "linked to none"),
    crossing("files", "careful", "waits for merge #1"),
    crossing("files", "gone", "ines declined the change"),
  ];
  const found = { ...announced, rules, warnings };
  expect(surprises(found, all, foretold)).toEqual([]);
  const sudden = [
    crossing("ci", "web", "the last run ended with failure"),
    crossing("shadowed", "api", "a secret hides it"),
    crossing("package", "web", "linked to none"),
    crossing("files", "web", "ci.yml is not as rendered"),
    crossing("token", null, "the PAT expires"),
  ];
  expect(surprises(found, all, sudden)).toEqual([
    "web: the last run ended with failure",
    "api: a secret hides it",
    "web: linked to none",
    "web: ci.yml is not as rendered",
    "the fleet: the PAT expires",
  ]);
});

test("the company of the hour shows each write of anybody, and has all that the guide is about", async () => {
  const seed = await loadSeed(new URL("../../demo/first-hour/company.yaml", import.meta.url));
  const platform = await startSimulator({ seed, actions: false });
  onTestFinished(() => platform.close());
  const owner = "tidewater";
  const before = takeInventory(platform, owner);
  expect(await writesBetween(platform, owner, before, takeInventory(platform, owner))).toEqual([]);
  const milo = platform.byHand("milo");
  milo.editFiles(`${owner}/storefront`, { [ci]: "on: push\n", "README.md": "New\n" });
  const organisation = { scope: "organisation", organisation: owner } as const;
  milo.setSecret(organisation, "GHCR_PAT", "copied");
  expect(await writesBetween(platform, owner, before, takeInventory(platform, owner))).toEqual([
    "shared: secret GHCR_PAT",
    `storefront: ${ci}`,
    "storefront: README.md",
  ]);

  const texts = seed.repositories.map((each) => JSON.stringify(each));
  for (const [what, pattern] of Object.entries({
    tests: /tests passed/,
    deployment: /environment: production/,
    matrix: /matrix:/,
    goreleaser: /goreleaser/,
    "two registries": /docker\.io|index\.docker|DOCKERHUB/i,
    "required checks": /requiredStatusChecks":\["test/,
    "merge queue": /mergeQueue":true/,
  })) {
    expect(texts.filter((each) => pattern.test(each)).length, what).toBeGreaterThan(0);
  }
  expect(texts.filter((each) => !each.includes("Dockerfile")).length).toBeGreaterThan(0);
});
