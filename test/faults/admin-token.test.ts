import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../e2e/support/run-command.ts";
import { startFleet, type TestFleet } from "../e2e/support/start-fleet.ts";
import {
  assertBoundedRequests,
  assertCommits,
  assertConverges,
  assertImportable,
  assertNewestPat,
  assertNoToken,
  assertTruthfulExit,
} from "./support/properties.ts";

const names = ["api", "billing", "web"];
let fleet: TestFleet;
beforeAll(async () => {
  const admin = { owner: "acme-admin", expiresInDays: 90 };
  const all = ["repo", "workflow", "admin:org", "read:packages"];
  const tokens = [
    { name: "no-workflow", ...admin, scopes: all.filter((scope) => scope !== "workflow") },
    {
      name: "no-secrets",
      owner: "acme-admin",
      kind: "fine-grained" as const,
      permissions: { metadata: "read", contents: "write", workflows: "write" } as const,
    },
    { name: "admin", ...admin, scopes: all },
    { name: "next-admin", ...admin, scopes: all },
    {
      name: "publisher",
      owner: "acme-publisher",
      scopes: ["write:packages", "read:packages"],
      expiresInDays: 60,
    },
  ];
  const settings = {
    username: "acme-publisher",
    secret: { scope: "repository" },
    repositories: [{ match: "*" }],
  };
  const repositories = names.map((name) => ({ name, dockerfile: "Dockerfile" }));
  const seed = { tokens, repositories };
  fleet = await startFleet(settings, seed, "publisher", { linked: true });
});
afterAll(() => fleet.close());

const use = (name: string) =>
  fleet.stack.setSecret("github:token", fleet.platform.world.tokenValue(name));

test("an admin token that may not write secrets or workflows, or expires in mid-run, is named; the next update finishes", async () => {
  const { platform, stack } = fleet;
  await use("no-secrets");
  const refused = await stack.up(["--skip-preview", "--continue-on-error"]);
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stdout).toMatch(
    /cannot read the public key for acme\/\w+\/GHCR_PAT: GitHub answered 403 .*; check that it exists and that the admin token may do this/,
  );
  expect(fleet.takeWrites()).toEqual([]);
  await use("no-workflow");
  const first = await stack.up(["--skip-preview", "--continue-on-error"]);
  const failing = names.map(
    (name) => [`RepositoryPublishing ${name}`, /without `workflow` scope/] as const,
  );
  assertTruthfulExit(first, Object.fromEntries(failing));
  assertNewestPat(fleet, "publisher", names);

  await use("admin");
  platform.faults.inject(
    { path: "/graphql", body: "createCommitOnBranch", times: 1 },
    {
      kind: "call",
      when: "after",
      run: () => {
        platform.world.state.tokens.get("admin")!.expiresAt = new Date(0).toISOString();
      },
    },
  );
  const second = await stack.up(["--skip-preview", "--continue-on-error", "--parallel", "1"]);
  expect(second.exitCode, second.stdout).not.toBe(0);
  expect(second.stdout).toContain("the token is wrong, revoked or has expired: set a new one");
  assertBoundedRequests(fleet, 200);

  await use("next-admin");
  // The state has the one that expired.
  const recovered = await runCommand(fleet, ["recover", "test"]);
  expect(recovered.exitCode, recovered.stdout + recovered.stderr).toBe(0);
  const third = await stack.up(["--skip-preview"]);
  assertTruthfulExit(third, {});
  const runs = await assertConverges(fleet);
  expect(runs).toHaveLength(1);
  const commits = Object.fromEntries(names.map((name) => [name, 2]));
  await assertCommits(fleet, commits, "next-admin");
  assertNewestPat(fleet, "publisher", names);
  await assertImportable(fleet);
  const printed = [refused, first, second, recovered, third, ...runs].flatMap(
    ({ stdout, stderr }) => [stdout, stderr],
  );
  await assertNoToken(fleet, printed);
});
