import { readdir } from "node:fs/promises";
import { join } from "node:path";
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

describe("a stack that is given up", () => {
  let fleet: TestFleet;
  beforeAll(async () => {
    const repositories = [
      { name: "api", onRemove: "delete" },
      { name: "billing" },
      { name: "web", delivery: "pull-request" },
    ];
    fleet = await startFleet({ repositories }, {}, "publisher", { linked: true });
  });
  afterAll(() => fleet.close());

  async function run(...args: string[]) {
    const { exitCode, stdout, stderr } = await fleet.stack.run([...args, "--yes"]);
    return { exitCode, output: stdout + stderr, writes: fleet.takeWrites() };
  }
  const up = () => run("up", "--skip-preview");
  const destroy = (...flags: string[]) => run("destroy", "--skip-preview", ...flags);
  const remove = () => run("stack", "rm");
  const ci = (name: string) => {
    const { world } = fleet.platform;
    return world.readFile(world.repository(`acme/${name}`), "main", ".github/workflows/ci.yml");
  };
  const next = "Run `pulumi destroy` to delete the resources, then run `pulumi stack rm`";

  test("destroy deletes the secret, closes the pull request, and leaves files but for onRemove: delete", async () => {
    expect((await up()).exitCode).toBe(0);
    expect(await remove()).toMatchObject({ exitCode: 1, output: expect.stringContaining(next) });

    expect(await destroy()).toMatchObject({ exitCode: 0 });
    const { world } = fleet.platform;
    const { secrets } = world.findOrganisation("acme")!;
    expect([...secrets.secrets.keys()]).toEqual([]);
    expect({ api: ci("api"), billing: ci("billing")?.length }).toEqual({
      api: undefined,
      billing: expect.any(Number),
    });
    const { pulls, comments, refs } = world.repository("acme/web");
    expect(pulls.map(({ state }) => state)).toEqual(["closed"]);
    expect(comments.map(({ body }) => body)).toEqual(["This repository left the fleet."]);
    const branches = [...refs.keys()].filter((ref) => ref.startsWith("refs/heads/"));
    expect(branches).toEqual(["refs/heads/main"]);
  });

  test("destroy --run-program after it writes nothing, and stack rm says what is left to do", async () => {
    expect(await destroy("--run-program")).toMatchObject({ exitCode: 0, writes: [] });
    expect(await remove()).toMatchObject({ exitCode: 1, output: expect.stringContaining(next) });
    expect(await destroy()).toMatchObject({ exitCode: 0, writes: [] });
  });

  test("after a change of the admin token, destroy --run-program has the new one; stack rm deletes state and configuration", async () => {
    expect((await up()).exitCode).toBe(0);
    const { world } = fleet.platform;
    await fleet.stack.setSecret("github:token", world.tokenValue("next-admin"));
    world.revokeToken("admin");
    const refused = await destroy();
    expect(refused).toMatchObject({ exitCode: 1, writes: [] });
    expect(refused.output).toContain("401 Bad credentials");
    expect(await destroy("--run-program")).toMatchObject({ exitCode: 0 });
    expect([...world.findOrganisation("acme")!.secrets.secrets.keys()]).toEqual([]);

    expect(await remove()).toMatchObject({ exitCode: 0 });
    expect(await readdir(fleet.stack.folder)).not.toContain("Pulumi.test.yaml");
    const backend = join(fleet.stack.folder, "state/.pulumi");
    const left = await readdir(backend, { recursive: true, withFileTypes: true });
    const names = left.filter((each) => each.isFile()).map(({ name }) => name);
    expect(names.filter((name) => !name.endsWith(".attrs")).sort()).toEqual([
      "meta.yaml",
      "test.json.bak",
    ]);
  });
});
