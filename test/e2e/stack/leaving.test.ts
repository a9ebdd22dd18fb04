import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";
import { gitHubAs } from "../../support/github-as.ts";

describe.each([
  { scope: "repository", look: [] },
  { scope: "environment", look: ["--refresh"] },
  { scope: "organization", look: ["--refresh"] },
] as const)(
  "repositories that change under a fleet with the secret at $scope scope",
  ({ scope, look }) => {
    let fleet: TestFleet;
    beforeAll(async () => {
      fleet = await startFleet({
        secret: { scope },
        defaults: { onRemove: "delete", actions: { requirePinnedActions: true } },
        repositories: [{ match: "*" }],
      });
    });
    afterAll(() => fleet.close());

    async function up(flags: readonly string[] = [], env: Record<string, string> = {}) {
      const result = await fleet.stack.up(["--skip-preview", ...flags], { env });
      expect(result.exitCode, result.stdout + result.stderr).toBe(0);
      return { ...result, writes: fleet.takeWrites() };
    }

    test("renamed or archived: the next update succeeds and leaves what it must", async () => {
      await up();
      const github = gitHubAs(fleet.platform, "admin");
      await github("PATCH /repos/acme/api", { name: "gateway" });
      await github("PATCH /repos/acme/billing", { archived: true });
      fleet.takeWrites();

      const { stdout } = await up(look, { GHCR_FLEET_ALLOW_REMOVALS: "2" });
      if (look.length === 0) expect(stdout).toContain("acme/api");
      const { world } = fleet.platform;
      const gateway = world.repository("acme/gateway");
      const release = world.readFile(gateway, "main", ".github/workflows/release.yml");
      expect(release?.toString("utf8")).toContain("ghcr.io/acme/gateway");
      const place =
        scope === "organization"
          ? ({ scope: "organisation", organisation: "acme" } as const)
          : scope === "environment"
            ? ({ scope, repository: "acme/gateway", environment: "release" } as const)
            : ({ scope, repository: "acme/gateway" } as const);
      expect(world.secretValue(place, "GHCR_PAT")).toBe(world.tokenValue("publisher"));
      if (scope !== "organization") {
        expect(gateway.variables.get("GHCR_USERNAME")?.value).toBe("acme-publisher");
      }
      expect((await up()).writes).toEqual([]);
      expect((await up(["--refresh"])).writes).toEqual([]);
    });

    test("deleted: a refresh names the repository, and the same update removes it", async () => {
      // The admin token has no scope delete_repo: a person deletes it.
      const { repositories } = fleet.platform.world.state;
      repositories.delete(fleet.platform.world.repository("acme/mailer").id);

      const { stdout } = await up(["--refresh"], { GHCR_FLEET_ALLOW_REMOVALS: "1" });
      expect(stdout).toContain(
        "acme/mailer was deleted, or the admin token may not see it: what the stack had of it leaves the state",
      );
      expect((await up(["--refresh"])).writes).toEqual([]);
    });

    test("the owner's name in another case is the same owner", async () => {
      const owner = ["config", "set", "github:owner", "Acme"];
      await fleet.stack.must([...owner, "--config-file", fleet.stack.configFile]);
      const { writes, stdout } = await up();
      expect(writes).toEqual([]);
      expect(stdout).toContain("unchanged");
    });
  },
);

test("a name in the configuration that GitHub redirects to another is reported", async () => {
  const fleet = await startFleet({ repositories: [{ name: "api" }, { name: "web" }] });
  const github = gitHubAs(fleet.platform, "admin");
  await github("PATCH /repos/acme/api", { name: "gateway" });
  const { exitCode, stdout } = await fleet.stack.preview();
  await fleet.close();
  expect(exitCode).not.toBe(0);
  expect(stdout).toContain("acme/api is now acme/gateway: write gateway in fleet.repositories");
});
