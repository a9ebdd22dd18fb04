import { expect, test } from "vitest";
import { templateNote } from "../../../src/github/contents/managed-note.ts";
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

const branch = "ghcr-fleet/publishing";

test("a protected branch gets one pull request, and so does a repository that wants it; it follows changes, keeps commits by people and may be declined; after the merge, all is in order", async () => {
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
  const read = (name: string, path: string, from = branch) =>
    world.readFile(world.repository(`acme/${name}`), from, path)?.toString("utf8");
  const ci = (name: string, from = "main") => read(name, ".github/workflows/ci.yml", from);
  const github = gitHubAs(fleet.platform, "admin");
  const hands = fleet.platform.byHand("acme-admin");

  const refused = await fleet.stack.preview(policyPack);
  expect(refused.exitCode, refused.stdout).not.toBe(0);
  expect(refused.stdout).toContain("required-checks-kept");
  expect(fleet.takeWrites()).toEqual([]);
  const exclude = ["checked"];
  await fleet.configure({ ...settings, exclude });

  // What an earlier version offered.
  const head = "ghcr-fleet/workflows-0123456789";
  const sha = world.repository("acme/web").refs.get("refs/heads/main");
  await github("POST /repos/acme/web/git/refs", { ref: `refs/heads/${head}`, sha });
  hands.editFiles("acme/web", { "ci.yml": "old\n" }, { branch: head, message: templateNote });
  await github("POST /repos/acme/web/pulls", { title: "ci: publish", head, base: "main" });

  const first = await up();
  expect(first.stdout).toContain("merge https://github.com/acme/api/pull/1 to add the files");
  expect(pulls("api")).toHaveLength(1);
  expect(pulls("web").map(({ state }) => state)).toEqual(["closed", "open"]);
  const comments = () => world.repository("acme/web").comments.map(({ body }) => body);
  expect(comments()).toEqual([
    expect.stringMatching(/^Superseded by https:.*\/web\/pull\/2, the one pull request/),
  ]);
  expect(pulls("careful")).toHaveLength(1);
  expect(pulls("open")).toHaveLength(0);
  expect(ci("api")).toBeUndefined();
  expect(ci("careful")).toBeUndefined();
  expect(ci("open")).toBeDefined();

  hands.editFiles("acme/web", { "notes.md": "mine\n" }, { branch });
  const slower = ["api", "web"].map((name) => ({ name, timeoutMinutes: 7 }));
  await fleet.configure({ ...settings, exclude, repositories: [...repositories, ...slower] });
  const updated = await up();
  expect(ci("api", branch)).toContain("timeout-minutes: 7");
  expect((await github("GET /repos/acme/api/pulls/1/commits")).body).toHaveLength(1);
  expect(updated.stdout).toMatch(/web\/pull\/2 has commits by acme-admin, so it is not updated/);
  expect(ci("web", branch)).toContain("timeout-minutes: 30");
  expect(read("web", "notes.md")).toBe("mine\n");
  expect(comments().at(-1)).toContain("It has commits by others, which are kept, so it waits");
  expect([...pulls("api"), ...pulls("web")]).toHaveLength(3);
  // The pull request of web is what is wanted again.
  await fleet.configure({ ...settings, exclude });
  await up();
  expect(ci("api", branch)).toContain("timeout-minutes: 30");

  await github("PATCH /repos/acme/careful/pulls/1", { state: "closed" });
  fleet.takeWrites();
  const said = /acme-admin declined https:\/\/github\.com\/acme\/careful\/pull\/1 on \d{4}-/;
  for (const flags of [[], ["--refresh"]]) {
    const declined = await up(flags);
    expect(declined.stdout).toMatch(said);
    expect(declined.writes).toEqual([]);
  }
  const open = { name: "open", timeoutMinutes: 9 };
  const strictly = { exclude, declined: "fail" };
  await fleet.configure({ ...settings, ...strictly, repositories: [...repositories, open] });
  const strict = await fleet.stack.up(["--skip-preview"]);
  expect(strict.exitCode).not.toBe(0);
  expect(strict.stdout).toMatch(said);
  // Everything else is done.
  expect(ci("open")).toContain("timeout-minutes: 9");
  await fleet.configure({ ...settings, exclude });
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

  for (const pull of ["api/pulls/1", "web/pulls/2", "careful/pulls/3"]) {
    await github(`PUT /repos/acme/${pull}/merge`);
  }
  fleet.takeWrites();
  const merged = await up();
  expect(merged.stdout).not.toMatch(said);
  // Their branches are deleted.
  expect(merged.writes).toEqual(["POST /graphql", "POST /graphql", "POST /graphql"]);
  expect((await up(["--refresh"])).writes).toEqual([]);
  expect(ci("api")).toContain("ghcr.io/acme/api");
  await fleet.close();
});
