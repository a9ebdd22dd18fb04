import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../support/run-command.ts";
import { policyPack, startFleet, type TestFleet } from "../support/start-fleet.ts";

describe.each([
  { scope: "repository", place: { scope: "repository", repository: "acme/api" } },
  {
    scope: "environment",
    place: { scope: "environment", repository: "acme/api", environment: "release" },
  },
] as const)("the secret at $scope scope", ({ scope, place }) => {
  let fleet: TestFleet;
  beforeAll(async () => {
    fleet = await startFleet({ repositories: [{ name: "api" }], secret: { scope } });
  });
  afterAll(() => fleet.close());

  const value = () => fleet.platform.world.secretValue(place, "GHCR_PAT");
  const token = (name: string) => fleet.platform.world.tokenValue(name);
  async function up(...flags: string[]) {
    const result = await fleet.stack.up(["--skip-preview", ...policyPack, ...flags]);
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
    return { ...result, writes: fleet.takeWrites() };
  }

  test("is created with the variable, rotated in place, repaired, and removed with its repository", async () => {
    await up();
    expect(value()).toBe(token("publisher"));
    const repository = fleet.platform.world.repository("acme/api");
    expect(repository.variables.get("GHCR_USERNAME")?.value).toBe("acme-publisher");

    await fleet.stack.setSecret("ghcr-fleet:pat", token("next-publisher"));
    const { writes } = await up();
    expect(value()).toBe(token("next-publisher"));
    expect(writes.filter((write) => write.includes("secrets"))).toHaveLength(1);

    const again = await up("--refresh");
    expect(again.writes).toEqual([]);

    await fleet.configure({ repositories: [{ name: "web" }], secret: { scope } });
    const left = await fleet.stack.up(["--skip-preview"], {
      env: { GHCR_FLEET_ALLOW_REMOVALS: "1" },
    });
    expect(left.exitCode, left.stdout).toBe(0);
    expect(fleet.takeWrites().some((write) => /^DELETE .*GHCR_PAT$/.test(write))).toBe(true);
  });
});

test("a release of the environment scope deploys to it, and only from versions", async () => {
  const fleet = await startFleet({
    repositories: [{ name: "api" }],
    secret: { scope: "environment", environment: "publishing" },
  });
  const { exitCode, stdout } = await fleet.stack.up(["--skip-preview"]);
  expect(exitCode, stdout).toBe(0);
  const { world } = fleet.platform;
  const repository = world.repository("acme/api");
  const read = (name: string) =>
    world.readFile(repository, "main", `.github/workflows/${name}`)?.toString("utf8");
  expect(read("release.yml")).toContain("environment: publishing");
  expect(read("ci.yml")).not.toContain("environment:");
  const environment = repository.environments.get("publishing");
  expect(environment?.branchPolicies.map(({ name, type }) => `${type} ${name}`).sort()).toEqual([
    "branch main",
    "tag [0-9]*",
    "tag v[0-9]*",
  ]);
  await fleet.close();
});

test("a failed repository has no new outputs, and the others have", async () => {
  const fleet = await startFleet(repositoriesWithSecrets("Dockerfile"));
  const up = (...flags: string[]) => fleet.stack.up(["--skip-preview", ...flags]);
  expect((await up()).exitCode).toBe(0);

  await fleet.configure(repositoriesWithSecrets("docker/Dockerfile"));
  await fleet.stack.setSecret("ghcr-fleet:pat", fleet.platform.world.tokenValue("next-publisher"));
  fleet.platform.faults.inject(...refusedSecret);
  const { exitCode, stdout, stderr } = await up("--continue-on-error");
  expect(exitCode, stdout + stderr).toBe(1);
  expect(stdout).toContain("cannot write the secret acme/web/GHCR_PAT");
  const { repositories } = await fleet.stack.outputs<{ repositories: Record<string, object> }>();
  const managed = expect.stringContaining("GHCR_PAT (repository)") as string;
  expect(repositories).toMatchObject({
    api: { managed, commit: expect.stringMatching(/^[0-9a-f]{40}$/) as string },
    web: { managed },
  });
  expect(repositories["web"]).not.toHaveProperty("commit");
  await fleet.close();
});

test("a rollout that moves the secret removes the old one only when all have the new one", async () => {
  const names = [{ name: "api" }, { name: "web" }];
  const fleet = await startFleet({ repositories: names }, {}, "publisher", { linked: true });
  const rollout = () => runCommand(fleet, ["rollout", "--yes", "test", "--no-health-gate"]);
  const shared = () =>
    fleet.platform.world.secretValue({ scope: "organisation", organisation: "acme" }, "GHCR_PAT");
  const first = await rollout();
  expect(first.exitCode, first.stdout + first.stderr).toBe(0);

  await fleet.configure({ repositories: names, secret: { scope: "repository" } });
  fleet.platform.faults.inject(...refusedSecret);
  const failed = await runCommand(fleet, [
    "rollout",
    "--yes",
    "test",
    "--no-health-gate",
    "--allow-removals",
    "1",
  ]);
  expect(failed.stdout + failed.stderr).toContain("cannot write the secret acme/web/GHCR_PAT");
  expect(failed.exitCode, failed.stdout + failed.stderr).toBe(1);
  expect(failed.stdout).not.toContain("context canceled");
  expect(shared()).toBe(fleet.platform.world.tokenValue("publisher"));

  fleet.platform.faults.clear();
  const second = await runCommand(fleet, [
    "rollout",
    "--yes",
    "test",
    "--no-health-gate",
    "--resume",
    "--allow-removals",
    "1",
  ]);
  expect(second.exitCode, second.stdout + second.stderr).toBe(0);
  expect(shared()).toBeUndefined();
  for (const repository of ["acme/api", "acme/web"]) {
    const place = { scope: "repository", repository } as const;
    expect(fleet.platform.world.secretValue(place, "GHCR_PAT")).toBe(
      fleet.platform.world.tokenValue("publisher"),
    );
  }
  await fleet.close();
});

function repositoriesWithSecrets(dockerfile: string) {
  return {
    defaults: { dockerfile },
    repositories: [{ name: "api" }, { name: "web" }],
    secret: { scope: "repository" },
  };
}

const refusedSecret = [
  { method: "PUT", path: "/repos/acme/web/actions/secrets/GHCR_PAT" },
  { kind: "answer", status: 403, body: '{"message":"Forbidden"}' },
] as const;
