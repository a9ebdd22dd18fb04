import { expect, test } from "vitest";
import { runCommand } from "../support/run-command.ts";
import { policyPack, startFleet } from "../support/start-fleet.ts";
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
    {
      name: "checked",
      dockerfile: "Dockerfile",
      files: {
        ".github/workflows/ci.yml":
          "on: pull_request\njobs:\n  build:\n    runs-on: x\n    steps: [{ run: make }]\n",
      },
      rules: [{ requiredStatusChecks: ["build"] }],
    },
  ],
};

test("a protected branch gets one pull request, and so does a repository that wants it; it may be declined; after the merge, all is in order", async () => {
  const careful = { name: "careful", delivery: "pull-request" };
  const repositories = [{ match: "*" }, careful];
  const settings = { username: "acme-publisher", repositories };
  const checked = { name: "checked", workflows: "template" };
  const fleet = await startFleet(
    { ...settings, repositories: [...repositories, checked] },
    protectedMain,
    "publisher",
    { linked: true },
  );
  const up = async (flags: string[] = [], env: Record<string, string> = {}) => {
    const result = await fleet.stack.up(["--skip-preview", ...flags], { env });
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
    return { stdout: result.stdout, writes: fleet.takeWrites() };
  };
  const { world } = fleet.platform;
  const pulls = (name: string) => world.repository(`acme/${name}`).pulls;
  const ci = (name: string) =>
    world.readFile(world.repository(`acme/${name}`), "main", ".github/workflows/ci.yml");

  const refused = await fleet.stack.preview(policyPack);
  expect(refused.exitCode, refused.stdout).not.toBe(0);
  expect(refused.stdout).toContain("required-checks-kept");
  expect(fleet.takeWrites()).toEqual([]);
  await fleet.configure({ ...settings, exclude: ["checked"] });

  const first = await up();
  expect(first.stdout).toContain("merge https://github.com/acme/api/pull/1 to add the files");
  expect(pulls("api")).toHaveLength(1);
  expect(pulls("web")).toHaveLength(1);
  expect(pulls("careful")).toHaveLength(1);
  expect(pulls("open")).toHaveLength(0);
  expect(ci("api")).toBeUndefined();
  expect(ci("careful")).toBeUndefined();
  expect(ci("open")).toBeDefined();

  const again = await up(["--refresh"]);
  expect(again.writes).toEqual([]);
  expect(pulls("api")).toHaveLength(1);

  const github = gitHubAs(fleet.platform, "admin");
  await github("PATCH /repos/acme/careful/pulls/1", { state: "closed" });
  fleet.takeWrites();
  const said = /acme-admin declined https:\/\/github\.com\/acme\/careful\/pull\/1 on \d{4}-/;
  for (const flags of [[], ["--refresh"]]) {
    const declined = await up(flags);
    expect(declined.stdout).toMatch(said);
    expect(declined.writes).toEqual([]);
  }
  const open = { name: "open", timeoutMinutes: 9 };
  const strictly = { exclude: ["checked"], declined: "fail" };
  await fleet.configure({ ...settings, ...strictly, repositories: [...repositories, open] });
  const strict = await fleet.stack.up(["--skip-preview"]);
  expect(strict.exitCode).not.toBe(0);
  expect(strict.stdout).toMatch(said);
  // Everything else is done.
  expect(ci("open")?.toString()).toContain("timeout-minutes: 9");
  await fleet.configure({ ...settings, exclude: ["checked"] });
  await up([], { GHCR_FLEET_OFFER_AGAIN: "careful" });
  expect(pulls("careful").map(({ state }) => state)).toEqual(["closed", "open"]);

  await github("PATCH /repos/acme/careful/pulls/2", { state: "closed" });
  const rollout = ["rollout", "--yes", "test", "--no-health-gate", "--no-wait-for-merges"];
  const offerAgain = (name: string) => runCommand(fleet, [...rollout, "--offer-again", name]);
  const unknown = await offerAgain("carefull");
  expect(unknown.stderr).toContain("--offer-again carefull");
  expect(unknown.exitCode).toBe(2);
  const offered = await offerAgain("careful");
  expect(offered.exitCode, offered.stdout + offered.stderr).toBe(0);
  expect(pulls("careful").map(({ state }) => state)).toEqual(["closed", "closed", "open"]);

  for (const pull of ["api/pulls/1", "web/pulls/1", "careful/pulls/3"]) {
    await github(`PUT /repos/acme/${pull}/merge`);
  }
  fleet.takeWrites();
  const merged = await up();
  expect(merged.stdout).not.toMatch(said);
  // Their branches are deleted.
  expect(merged.writes).toEqual(["POST /graphql", "POST /graphql", "POST /graphql"]);
  expect((await up(["--refresh"])).writes).toEqual([]);
  expect(ci("api")?.toString()).toContain("ghcr.io/acme/api");
  await fleet.close();
});
