import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { policyPack, startFleet, type TestFleet } from "../support/start-fleet.ts";

const organisationSecret = { scope: "organisation", organisation: "acme" } as const;
const ci = ".github/workflows/ci.yml";
const release = ".github/workflows/release.yml";

describe("the life of a fleet", () => {
  let fleet: TestFleet;
  beforeAll(async () => {
    fleet = await startFleet({ username: "acme-publisher", repositories: [{ match: "*" }] });
  });
  afterAll(() => fleet.close());

  const secret = () => fleet.platform.world.secretValue(organisationSecret, "GHCR_PAT");
  const token = (name: string) => fleet.platform.world.tokenValue(name);
  const file = (repository: string, path: string) => {
    const { world } = fleet.platform;
    return world.readFile(world.repository(`acme/${repository}`), "main", path)?.toString("utf8");
  };
  const readers = () => {
    const { world } = fleet.platform;
    const stored = world.findOrganisation("acme")?.secrets.secrets.get("GHCR_PAT");
    const names = [...(stored?.selected ?? [])].map((id) => world.state.repositories.get(id)?.name);
    return { visibility: stored?.visibility, names: names.sort() };
  };
  async function up(...flags: string[]) {
    const result = await fleet.stack.up(["--skip-preview", ...flags]);
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
    return { ...result, writes: fleet.takeWrites() };
  }

  test("preview shows all of it and writes nothing", async () => {
    const { exitCode, stdout } = await fleet.stack.preview(policyPack);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toMatch(/Resources:\n {4}\+ \d+ to create/);
    expect(stdout).not.toContain("can't run policy");
    expect(fleet.takeWrites()).toEqual([]);
  });

  test("up creates the secret, the variable, the settings and the files", async () => {
    await up();
    expect(secret()).toBe(token("publisher"));
    expect(readers()).toEqual({
      visibility: "selected",
      names: ["api", "billing", "mailer", "search", "web"],
    });
    for (const name of readers().names) {
      expect(file(name!, ci)).toContain(`IMAGE: ghcr.io/acme/${name}`);
      expect(file(name!, release)).toContain("secrets.GHCR_PAT || secrets.GITHUB_TOKEN");
    }
  });

  test("up --refresh of a fleet in order changes nothing, not even an output, and writes nothing", async () => {
    // The engine does not always print the outputs of an update that refreshes.
    const outputs = async () => (await fleet.stack.must(["stack", "output", "--json"])).stdout;
    const before = await outputs();
    const { stdout, writes } = await up("--refresh", ...policyPack);
    expect(stdout).toMatch(/Resources:\n {4}\d+ unchanged/);
    expect(stdout).not.toMatch(/unknown|can't run policy/);
    expect(await outputs()).toBe(before);
    expect(writes).toEqual([]);
  });

  /** The same repositories, by what they have. */
  const combined = {
    all: [
      { any: [{ has: "Dockerfile" }, { topic: "container" }] },
      { not: { any: [{ language: "COBOL" }, { visibility: "internal" }] } },
    ],
  };

  test("one changed option is one commit in one repository, and a rotation replaces the value in place", async () => {
    const before = file("web", ci);
    await fleet.configure({
      username: "acme-publisher",
      repositories: [combined, { name: "api", timeoutMinutes: 7 }],
    });
    await fleet.stack.setSecret("ghcr-fleet:pat", token("next-publisher"));
    const { writes, stdout } = await up("--diff");
    expect(writes.sort()).toEqual(["POST /graphql", "PUT /orgs/acme/actions/secrets/GHCR_PAT"]);
    expect(secret()).toBe(token("next-publisher"));
    expect(file("api", ci)).toContain("timeout-minutes: 7");
    expect(file("web", ci)).toBe(before);
    expect(stdout).toContain("~ .github/workflows/ci.yml");
  });

  test("a secret overwritten by hand and opened to all repositories is corrected by up --refresh", async () => {
    const stored = fleet.platform.world.findOrganisation("acme")?.secrets.secrets.get("GHCR_PAT");
    stored!.value = "something else";
    stored!.updatedAt = "2020-01-01T00:00:00Z";
    stored!.visibility = "all";
    await up("--refresh");
    expect(secret()).toBe(token("next-publisher"));
    expect(readers().visibility).toBe("selected");
  });

  test("a deleted secret is created again, but a repository that leaves loses it, and keeps its files", async () => {
    fleet.platform.world.findOrganisation("acme")?.secrets.secrets.delete("GHCR_PAT");
    await fleet.configure({
      username: "acme-publisher",
      repositories: [combined, { name: "api", timeoutMinutes: 7 }],
      exclude: ["mailer"],
    });
    await up("--refresh");
    expect(readers().names).toEqual(["api", "billing", "search", "web"]);
    expect(secret()).toBe(token("next-publisher"));
    expect(file("mailer", ci)).toContain("ghcr.io/acme/mailer");
  });
});
