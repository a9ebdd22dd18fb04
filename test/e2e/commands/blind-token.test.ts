import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../support/run-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";

const names = ["api", "web"];

describe("an admin token that cannot see private repositories", () => {
  let fleet: TestFleet;
  beforeAll(async () => {
    const admin = { owner: "acme-admin", expiresInDays: 90 };
    const publisher = { owner: "acme-publisher", scopes: ["write:packages", "read:packages"] };
    fleet = await startFleet(
      { username: "acme-publisher", repositories: names.map((name) => ({ name })) },
      {
        tokens: [
          {
            name: "admin",
            ...admin,
            scopes: ["repo", "workflow", "admin:org", "read:packages"],
          },
          { name: "blind", ...admin, scopes: ["admin:org", "read:packages"] },
          { name: "publisher", ...publisher, expiresInDays: 60 },
        ],
        repositories: names.map((name) => ({
          name,
          dockerfile: "Dockerfile",
          visibility: "private" as const,
        })),
      },
      "publisher",
      { linked: true },
    );
    const up = await fleet.stack.up(["--skip-preview"]);
    expect(up.exitCode, up.stdout + up.stderr).toBe(0);
    await fleet.stack.setSecret("github:token", fleet.platform.world.tokenValue("blind"));
  });
  afterAll(() => fleet.close());

  test("does not judge drift in a preview, which names the missing scope", async () => {
    const { exitCode, stdout, stderr } = await runCommand(fleet, ["preview", "test"]);
    expect(exitCode, stderr).toBe(2);
    expect(stdout).toContain("missing right the PAT lacks repo, which it needs to preview");
    expect(stdout).toContain("drift: not judged: ");
  });

  test("is judged by doctor, which cannot read the fleet", async () => {
    const { exitCode, stdout, stderr } = await runCommand(fleet, ["doctor", "test"]);
    expect(exitCode, stderr).toBe(1);
    expect(stdout).toContain("acme/api does not exist, or the admin token may not see it");
    expect(stdout).toMatch(
      /^problem {2}may preview: the PAT lacks the scopes repo: .* https?:\S+\/settings\/tokens$/m,
    );
  });

  test("is distinguished from deleted repositories", async () => {
    const { exitCode, stdout, stderr } = await runCommand(fleet, ["drift", "test"]);
    expect(exitCode, stderr).toBe(1);
    expect(stdout).not.toContain("repository-gone");
    for (const name of names) {
      expect(stdout).toContain(
        `not read acme/${name}: it was deleted, or the admin token may not see it (it lacks the scope repo)`,
      );
    }
    expect(stdout).toContain("no drift in what could be read");
  });
});
