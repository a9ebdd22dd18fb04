import type { OpType } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import type { ResourceStep } from "../../../src/operations/preview/event-log.ts";
import { rightsOfUpdate } from "../../../src/operations/preview/update-rights.ts";

function step(
  operation: OpType,
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  paths: readonly string[] = [],
): ResourceStep {
  const state = { inputs, outputs: inputs };
  const [before, after] = [
    operation === "create" ? undefined : state,
    operation === "delete" ? undefined : state,
  ];
  const urn = `urn:pulumi:test::ghcr-fleet::${type}::${name}`;
  return { urn, type, operation, before, after, paths };
}

const [publishing, secret] = ["ghcr:index:RepositoryPublishing", "ghcr:index:RegistrySecret"];
const purposes = (...steps: ResourceStep[]) =>
  Object.fromEntries(
    rightsOfUpdate(steps).map(({ purpose, scopes, permissions }) => [
      purpose,
      `${scopes.join(" ")} | ${Object.keys(permissions).join(" ")}`,
    ]),
  );

test("each write needs its own rights, and repositories that need the same are listed once", () => {
  expect(
    purposes(
      step("create", publishing, "web", { mode: "template" }),
      step("update", publishing, "api", { mode: "template", delivery: "pull-request" }, ["files"]),
      step("update", secret, "GHCR_PAT", { scope: "organization" }),
      step("create", secret, "api/GHCR_PAT", { scope: "repository" }),
      step("create", secret, "web/GHCR_PAT", { scope: "environment" }),
      step("create", "ghcr:index:RegistryVariable", "api/GHCR_USERNAME", {}),
      step("update", "ghcr:index:ActionsSettings", "api/settings", {}),
    ),
  ).toEqual({
    "write workflow files of api, web": "repo workflow | contents workflows",
    "open pull requests of api": "repo | pull_requests",
    "write the organisation's secret": "admin:org | organization_secrets",
    "write secrets of api": "repo | secrets",
    "write secrets of environments of web": "repo | environments",
    "write variables of api": "repo | actions_variables",
    "write settings of api": "repo | administration",
  });
});

test("the shared workflow and who may call it need rights in the central repository", () => {
  const shared = "ghcr:index:SharedWorkflow";
  const central = { repository: ".github", delivery: "pull-request", onRemove: "keep" };
  const level = "github:index/actionsRepositoryAccessLevel:ActionsRepositoryAccessLevel";
  expect(
    purposes(
      step("update", shared, "shared-workflow", central, ["files"]),
      step("create", level, "shared-workflow-access", central),
    ),
  ).toEqual({
    "write the shared workflow of .github": "repo workflow | contents workflows",
    "open pull requests of .github": "repo | pull_requests",
    "let others call the workflows of .github": "repo | administration",
  });
  expect(purposes(step("delete", shared, "shared-workflow", central))).toEqual({});
});

test("what an update leaves as it is on GitHub needs no right", () => {
  expect(
    purposes(
      step("same", secret, "GHCR_PAT", { scope: "organization" }),
      // Packages are verified, and files are as declared.
      step("update", publishing, "web", { mode: "template" }, ["packages"]),
      step("create", publishing, "api", { mode: "none" }),
      step("delete", publishing, "old", { mode: "template", onRemove: "keep" }),
      step("delete", "ghcr:index:ActionsSettings", "old/settings", {}),
      step("create", "ghcr:index:RegistryToken", "publisher", {}),
    ),
  ).toEqual({});
  expect(purposes(step("delete", publishing, "old", { onRemove: "delete" }))).toEqual({
    "write workflow files of old": "repo workflow | contents workflows",
  });
});
