import { expect, test } from "vitest";
import { warnOfRenames } from "../../../src/operations/preview/renamed-secrets.ts";
import type { Delivery } from "../../../src/operations/preview/stack-preview.ts";
import { logOf, step } from "./steps.ts";

const secret = "ghcr:index:RegistrySecret";
const waits: Delivery = { by: "pull-request", branch: "main", why: "a ruleset" };
const deliveries = new Map<string, Delivery>([
  ["api", waits],
  ["web", { by: "commit", branch: "main" }],
  ["outside", waits],
]);
const shared = (name: string) => ({
  scope: "organization",
  name,
  repositories: { api: 1, web: 2 },
});
const own = (name: string, environment?: string) => ({
  scope: environment === undefined ? "repository" : "environment",
  repository: "api",
  name,
  ...(environment !== undefined && { environment }),
});
const warned = (what: string, step: string) => [
  `api: this update deletes ${what}, which the branch uses until the pull request is merged: until then its runs publish without the PAT; to avoid that, ${step}`,
];
const keep = (when: string) =>
  `store the PAT in the repository ${when} this update (gh secret set OLD_PAT), and delete it there after the merge (gh secret delete OLD_PAT)`;

test("a secret with another name is deleted before the branches read that one", () => {
  const renamed = logOf(
    step("create", secret, "NEW_PAT", undefined, shared("NEW_PAT")),
    step("delete", secret, "OLD_PAT", shared("OLD_PAT"), undefined),
  );
  expect(warnOfRenames(renamed, deliveries)).toEqual(warned("the secret OLD_PAT", keep("before")));
  const ofApi = logOf(
    step("create", secret, "api/NEW_PAT", undefined, own("NEW_PAT")),
    step("delete", secret, "api/OLD_PAT", own("OLD_PAT"), undefined),
  );
  expect(warnOfRenames(ofApi, deliveries)).toEqual(
    warned("the secret OLD_PAT", keep("right after")),
  );
});

test("so is a secret of another environment", () => {
  const [before, after] = [own("GHCR_PAT", "release"), own("GHCR_PAT", "production")];
  const moved = logOf(
    step("create-replacement", secret, "api/GHCR_PAT", before, after),
    step("replace", secret, "api/GHCR_PAT", before, after),
    step("delete-replaced", secret, "api/GHCR_PAT", before, undefined),
  );
  expect(warnOfRenames(moved, deliveries)).toEqual(
    warned(
      "the secret GHCR_PAT of the environment release",
      "set secret.scope to repository first, and to the new environment after the merge",
    ),
  );
});

test("a move to another scope, which waits for the branch, deletes nothing too early", () => {
  const moving = logOf(
    step("create", secret, "api/GHCR_PAT", undefined, own("GHCR_PAT")),
    step("delete", secret, "GHCR_PAT", shared("GHCR_PAT"), undefined),
  );
  expect(warnOfRenames(moving, deliveries)).toEqual([]);
});
