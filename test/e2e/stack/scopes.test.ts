import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../support/run-command.ts";
import { policyPack, startFleet, type TestFleet } from "../support/start-fleet.ts";

describe("secrets of repositories and of an environment", () => {
  let fleet: TestFleet;
  beforeAll(async () => {
    fleet = await startFleet(settings(30));
  });
  afterAll(() => fleet.close());

  function settings(timeoutMinutes: number, names = ["api", "billing", "web"]) {
    return {
      defaults: { timeoutMinutes },
      repositories: names.map((name) => ({
        name,
        secret: { scope: name === "billing" ? "environment" : "repository" },
      })),
      secret: { environment: "publishing" },
    };
  }
  const token = (name: string) => fleet.platform.world.tokenValue(name);
  const values = () =>
    [
      { scope: "repository", repository: "acme/api" } as const,
      { scope: "environment", repository: "acme/billing", environment: "publishing" } as const,
      { scope: "repository", repository: "acme/web" } as const,
    ].map((place) => fleet.platform.world.secretValue(place, "GHCR_PAT"));
  async function up(...flags: string[]) {
    const result = await fleet.stack.up(["--skip-preview", ...flags]);
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
    return { ...result, writes: fleet.takeWrites() };
  }

  test("leave no rule open in the first preview, nor does a first image", async () => {
    const { defaults, ...rest } = settings(30);
    await fleet.configure({ ...rest, defaults: { ...defaults, package: { bootstrap: true } } });
    const { exitCode, stdout } = await fleet.stack.preview(policyPack);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).not.toContain("can't run policy");
    await fleet.configure(settings(30));
  });

  test("are created with the variable; a release deploys to the environment, and only from versions", async () => {
    await up();
    expect(new Set(values())).toEqual(new Set([token("publisher")]));
    const { world } = fleet.platform;
    for (const name of ["api", "billing"]) {
      const { variables } = world.repository(`acme/${name}`);
      expect(variables.get("GHCR_USERNAME")?.value).toBe("acme-publisher");
    }
    const repository = world.repository("acme/billing");
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
  });

  test("are rotated in place; a failed repository has no new outputs, and the others have", async () => {
    await fleet.configure(settings(20));
    await fleet.stack.setSecret("ghcr-fleet:pat", token("next-publisher"));
    fleet.platform.faults.inject(...refusedSecret);
    const { exitCode, stdout, stderr } = await fleet.stack.up([
      ...["--skip-preview", "--continue-on-error"],
    ]);
    fleet.platform.faults.clear();
    expect(exitCode, stdout + stderr).toBe(1);
    expect(stdout).toContain("cannot write the secret acme/web/GHCR_PAT");
    expect(values()).toEqual(["next-publisher", "next-publisher", "publisher"].map(token));
    const writes = fleet.takeWrites().filter((write) => write.includes("secrets"));
    const refused = "PUT /repos/acme/web/actions/secrets/GHCR_PAT";
    expect(writes).toContain(refused);
    // Each of the others once.
    expect(writes.filter((write) => write !== refused).sort()).toEqual([
      "PUT /repos/acme/api/actions/secrets/GHCR_PAT",
      "PUT /repos/acme/billing/environments/publishing/secrets/GHCR_PAT",
    ]);
    const { repositories } = await fleet.stack.outputs<{ repositories: Record<string, object> }>();
    const managed = expect.stringContaining("GHCR_PAT (repository)") as string;
    expect(repositories).toMatchObject({
      api: { managed, commit: expect.stringMatching(/^[0-9a-f]{40}$/) as string },
      web: { managed },
    });
    expect(repositories["web"]).not.toHaveProperty("commit");
  });

  test("are completed by the next update, and removed with their repositories", async () => {
    await up("--refresh");
    expect(new Set(values())).toEqual(new Set([token("next-publisher")]));

    await fleet.configure(settings(20, ["web"]));
    const left = await fleet.stack.up(["--skip-preview"], {
      env: { GHCR_FLEET_ALLOW_REMOVALS: "2" },
    });
    expect(left.exitCode, left.stdout).toBe(0);
    const removed = fleet.takeWrites().filter((write) => /^DELETE .*GHCR_PAT$/.test(write));
    expect(removed.sort()).toEqual([
      "DELETE /repos/acme/api/actions/secrets/GHCR_PAT",
      "DELETE /repos/acme/billing/environments/publishing/secrets/GHCR_PAT",
    ]);
  });
});

test("a rollout that moves the secret removes the old one only when all have the new one", async () => {
  const names = [{ name: "api" }, { name: "web" }];
  const fleet = await startFleet({ repositories: names }, {}, "publisher", { linked: true });
  const rollout = (...flags: string[]) =>
    runCommand(fleet, [
      ...["rollout", "--yes", "test", "--no-health-gate", "--allow-removals", "1"],
      ...flags,
    ]);
  const shared = () =>
    fleet.platform.world.secretValue({ scope: "organisation", organisation: "acme" }, "GHCR_PAT");
  const first = await fleet.stack.up(["--skip-preview"]);
  expect(first.exitCode, first.stdout + first.stderr).toBe(0);

  await fleet.configure({ repositories: names, secret: { scope: "repository" } });
  fleet.platform.faults.inject(...refusedSecret);
  const failed = await rollout();
  expect(failed.stdout + failed.stderr).toContain("cannot write the secret acme/web/GHCR_PAT");
  expect(failed.exitCode, failed.stdout + failed.stderr).toBe(1);
  expect(failed.stdout).not.toContain("context canceled");
  expect(shared()).toBe(fleet.platform.world.tokenValue("publisher"));

  fleet.platform.faults.clear();
  const second = await rollout("--resume");
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

const refusedSecret = [
  { method: "PUT", path: "/repos/acme/web/actions/secrets/GHCR_PAT" },
  { kind: "answer", status: 403, body: '{"message":"Forbidden"}' },
] as const;
