import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";
import { gitHubAs } from "../../support/github-as.ts";

const scopes = ["repository", "environment", "organization"] as const;

describe("repositories that change under a fleet with secrets at every scope", () => {
  let fleet: TestFleet;
  beforeAll(async () => {
    const names = scopes.flatMap((scope) =>
      ["api", "billing", "mailer"].map((name) => `${scope}-${name}`),
    );
    fleet = await startFleet(
      {
        defaults: { onRemove: "delete", actions: { requirePinnedActions: true } },
        repositories: scopes.map((scope) => ({ match: `${scope}-*`, secret: { scope } })),
      },
      { repositories: names.map((name) => ({ name, dockerfile: "Dockerfile" })) },
    );
    await up();
  });
  afterAll(() => fleet.close());

  async function up(flags: readonly string[] = [], env: Record<string, string> = {}) {
    const result = await fleet.stack.up(["--skip-preview", ...flags], { env });
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
    return { ...result, writes: fleet.takeWrites() };
  }
  async function renameAndArchive(scope: string): Promise<void> {
    const github = gitHubAs(fleet.platform, "admin");
    await github(`PATCH /repos/acme/${scope}-api`, { name: `${scope}-gateway` });
    await github(`PATCH /repos/acme/${scope}-billing`, { archived: true });
  }
  /** The renamed repository has what the fleet gives it, under its new name. */
  function assertTakenIn(scope: (typeof scopes)[number]): void {
    const { world } = fleet.platform;
    const gateway = world.repository(`acme/${scope}-gateway`);
    const release = world.readFile(gateway, "main", ".github/workflows/release.yml");
    expect(release?.toString("utf8")).toContain(`ghcr.io/acme/${scope}-gateway`);
    const repository = `acme/${scope}-gateway`;
    const place =
      scope === "organization"
        ? ({ scope: "organisation", organisation: "acme" } as const)
        : scope === "environment"
          ? ({ scope, repository, environment: "release" } as const)
          : ({ scope, repository } as const);
    expect(world.secretValue(place, "GHCR_PAT")).toBe(world.tokenValue("publisher"));
    if (scope !== "organization") {
      expect(gateway.variables.get("GHCR_USERNAME")?.value).toBe("acme-publisher");
    }
  }

  test("renamed or archived: the next update succeeds and leaves what it must", async () => {
    await renameAndArchive("repository");
    const { stdout } = await up([], { GHCR_FLEET_ALLOW_REMOVALS: "2" });
    expect(stdout).toContain("acme/repository-api");
    assertTakenIn("repository");
  });

  test("so does one that refreshes", async () => {
    await renameAndArchive("environment");
    await renameAndArchive("organization");
    await up(["--refresh"], { GHCR_FLEET_ALLOW_REMOVALS: "4" });
    assertTakenIn("environment");
    assertTakenIn("organization");
  });

  test("deleted: a refresh names the repository, and the same update removes it; after it, and with the owner's name in another case, nothing is left to write", async () => {
    const { world } = fleet.platform;
    // The admin token has no scope delete_repo: a person deletes them.
    for (const scope of scopes) {
      world.state.repositories.delete(world.repository(`acme/${scope}-mailer`).id);
    }
    const { stdout, writes } = await up(["--refresh"], { GHCR_FLEET_ALLOW_REMOVALS: "3" });
    for (const scope of scopes) {
      expect(stdout).toContain(
        `acme/${scope}-mailer was deleted, or the admin token may not see it: what the stack had of it leaves the state`,
      );
    }
    // The update before left nothing to do.
    expect(writes.filter((write) => /gateway|billing/.test(write))).toEqual([]);
    const owner = ["config", "set", "github:owner", "Acme"];
    await fleet.stack.must([...owner, "--config-file", fleet.stack.configFile]);
    const again = await up(["--refresh"]);
    expect(again.writes).toEqual([]);
    expect(again.stdout).toContain("unchanged");
  });
});

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
