import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../support/run-command.ts";
import { policyPack, startFleet, type TestFleet } from "../support/start-fleet.ts";

let fleet: TestFleet;
beforeAll(async () => {
  const publisher = { owner: "acme-publisher", scopes: ["write:packages", "read:packages"] };
  fleet = await startFleet(
    { username: "acme-publisher", repositories: [{ name: "api" }, { name: "web" }] },
    {
      tokens: [
        {
          name: "admin",
          owner: "acme",
          kind: "app",
          permissions: {
            metadata: "read",
            contents: "write",
            workflows: "write",
            pull_requests: "write",
            administration: "write",
            actions: "write",
            // A rotation tries the new PAT in a secret of one repository first.
            secrets: "write",
            organization_secrets: "write",
            organization_actions_variables: "write",
          },
          expiresInDays: 1 / 24,
        },
        { name: "publisher", ...publisher, expiresInDays: 60 },
        { name: "next-publisher", ...publisher, expiresInDays: 80 },
      ],
      repositories: ["api", "web"].map((name) => ({
        name,
        dockerfile: "Dockerfile",
        visibility: "private" as const,
      })),
    },
    "publisher",
    { linked: true },
  );
});
afterAll(() => fleet.close());

test("the token of a GitHub App brings the fleet to the declared state, and says what it cannot verify", async () => {
  const { stack } = fleet;
  const up = await stack.up(["--skip-preview", ...policyPack]);
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
  expect(up.stdout).toContain("[advisory] [severity: medium]  package-verified");
  expect(up.stdout).not.toContain("[mandatory]");
  const again = await stack.up(["--skip-preview", "--expect-no-changes", "--refresh"]);
  expect(again.exitCode, again.stdout + again.stderr).toBe(0);
});

test("it sees drift, and changes the PAT", async () => {
  const { platform } = fleet;
  const drift = await runCommand(fleet, ["drift", "test"]);
  expect(drift.exitCode, drift.stdout + drift.stderr).toBe(0);
  const next = platform.world.tokenValue("next-publisher");
  const rotated = await runCommand(
    fleet,
    ["rotate", "--yes", "test", "--no-health-gate", "--from-command", "printenv NEW_PAT"],
    { NEW_PAT: next },
  );
  expect(rotated.exitCode, rotated.stdout + rotated.stderr).toBe(0);
  const place = { scope: "organisation", organisation: "acme" } as const;
  expect(platform.world.secretValue(place, "GHCR_PAT")).toBe(next);
});
