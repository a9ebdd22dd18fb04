import { expect, test } from "vitest";
import { startFleet } from "../support/start-fleet.ts";
import { gitHubAs } from "../../support/github-as.ts";

const protectedMain = {
  repositories: [
    { name: "api", dockerfile: "Dockerfile", rules: [{ requirePullRequest: true }] },
    {
      name: "web",
      dockerfile: "Dockerfile",
      rules: [{ requirePullRequest: true, source: "protection" as const, enforceAdmins: true }],
    },
    { name: "careful", dockerfile: "Dockerfile" },
    { name: "open", dockerfile: "Dockerfile" },
  ],
};

test("a protected branch gets one pull request, and so does a repository that wants it; after the merge, all is in order", async () => {
  const careful = { name: "careful", delivery: "pull-request" };
  const fleet = await startFleet({ repositories: [{ match: "*" }, careful] }, protectedMain);
  const up = async (...flags: string[]) => {
    const result = await fleet.stack.up(["--skip-preview", ...flags]);
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
    return { stdout: result.stdout, writes: fleet.takeWrites() };
  };
  const { world } = fleet.platform;
  const pulls = (name: string) => world.repository(`acme/${name}`).pulls;
  const ci = (name: string) =>
    world.readFile(world.repository(`acme/${name}`), "main", ".github/workflows/ci.yml");

  const first = await up();
  expect(first.stdout).toContain("merge https://github.com/acme/api/pull/1 to add the files");
  expect(pulls("api")).toHaveLength(1);
  expect(pulls("web")).toHaveLength(1);
  expect(pulls("careful")).toHaveLength(1);
  expect(pulls("open")).toHaveLength(0);
  expect(ci("api")).toBeUndefined();
  expect(ci("careful")).toBeUndefined();
  expect(ci("open")).toBeDefined();

  const again = await up("--refresh");
  expect(again.writes).toEqual([]);
  expect(pulls("api")).toHaveLength(1);

  const github = gitHubAs(fleet.platform, "admin");
  for (const name of ["api", "web", "careful"]) {
    await github(`PUT /repos/acme/${name}/pulls/1/merge`);
  }
  fleet.takeWrites();
  const merged = await up("--refresh");
  expect(merged.writes).toEqual([]);
  expect(ci("api")?.toString()).toContain("ghcr.io/acme/api");
  await fleet.close();
});
