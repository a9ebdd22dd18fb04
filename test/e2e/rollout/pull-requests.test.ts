import { expect, onTestFinished, test } from "vitest";
import { actionPins } from "../../../src/publishing/templates/action-pins.ts";
import { runCommand } from "../support/run-command.ts";
import { conclusions, watchRuns } from "../support/runs.ts";
import { startFleet } from "../support/start-fleet.ts";
import { gitHubAs } from "../../support/github-as.ts";

/** As before the fleet: it fails, because the changes of the pull request are missing. */
const failing = `name: ci
on: { push: { branches: [main] } }
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - run: exit 1
`;

/** A check that the merge queue of its branch waits for. */
const check = `name: check
on: [pull_request, merge_group]
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - run: "true"
`;

/** Lists ci.yml with another version of its action, so that GitHub refuses each run of it at the start. */
const lock = `version: 'v0.0.2'
workflows:
    '.github/workflows/ci.yml':
        - 'actions/checkout@v3'
dependencies:
    'actions/checkout@v3':
        ref: 'v3'
        commit: 'sha1-${"1".repeat(40)}'
        owner_id: 1
        repo_id: 10
`;
const lockedCi = failing.replace("run: exit 1", "uses: actions/checkout@v4");

test("a fleet that accepts only pull requests: each wave waits until they are merged and publish", async () => {
  const settings = (timeoutMinutes: number) => ({
    username: "acme-publisher",
    // GitHub merges the pull requests of the canaries after their checks; somebody merges the others.
    repositories: [
      { match: "*" },
      ...["api", "queued"].map((name) => ({ name, pullRequests: { autoMerge: "squash" } })),
    ],
    defaults: { delivery: "pull-request", workflows: "template", timeoutMinutes },
    waves: [{ name: "canary", repositories: ["api", "queued"] }],
  });
  const files: Record<string, Record<string, string>> = {
    queued: { ".github/workflows/check.yml": check },
    locked: { ".github/workflows/ci.yml": lockedCi, ".github/workflows/actions.lock": lock },
  };
  const repositories = ["api", "queued", "locked", "web"].map((name) => ({
    name,
    dockerfile: "Dockerfile",
    files: files[name] ?? {},
    rules: name === "queued" ? [{ mergeQueue: true, requiredStatusChecks: ["build"] }] : [],
  }));
  // GitHub's numbers of the actions go into the lockfile.
  const actionsOfOthers = Object.keys(actionPins).map((action) => {
    const [owner = "", name = ""] = action.split("/");
    return { owner, name };
  });
  const users = [
    { login: "acme-admin", role: "admin" as const },
    { login: "acme-publisher", role: "member" as const },
    ...[...new Set(actionsOfOthers.map(({ owner }) => owner))].map((login) => ({ login })),
  ];
  const seed = { users, repositories: [...repositories, ...actionsOfOthers] };
  const options = { linked: true, actions: true };
  const fleet = await startFleet(settings(20), seed, "publisher", options);
  onTestFinished(() => fleet.close());
  const { world } = fleet.platform;
  const runs = watchRuns(fleet);
  const developer = fleet.platform.byHand("acme-admin");
  developer.editFiles("acme/api", { ".github/workflows/ci.yml": failing });
  developer.editFiles("acme/locked", { "note.md": "\n" });
  expect(conclusions(await runs())).toEqual([
    "api ci push failure",
    "locked ci push startup_failure",
  ]);

  const github = gitHubAs(fleet.platform, "admin");
  await github("PATCH /repos/acme/api", { allow_auto_merge: true });
  await github("PATCH /repos/acme/queued", { allow_auto_merge: true });
  await github("PUT /repos/acme/api/branches/main/protection", {
    required_status_checks: { strict: false, checks: [{ context: "approve" }] },
    required_pull_request_reviews: null,
    enforce_admins: true,
    restrictions: null,
  });
  let verdict = "success";
  const stop = world.events.on("pull_request", ({ repository, number, action }) => {
    if (action !== "opened") return;
    const pull = repository.pulls.find((each) => each.number === number);
    const status = `POST /repos/acme/api/statuses/${pull?.head.sha}`;
    const check = { state: verdict, context: "approve", target_url: "https://checks.example/1" };
    const merge = `PUT /repos/acme/${repository.name}/pulls/${number}/merge`;
    const answer = () => {
      if (repository.name === "queued") return;
      if (repository.name !== "api") void github(merge, {});
      else if (pull?.autoMerge) void github(status, check);
      else setTimeout(answer, 200);
    };
    setTimeout(answer, 1000);
  });
  onTestFinished(() => stop());

  const waiting = await runCommand(fleet, ["rollout", "--yes", "test"]);
  expect(waiting.exitCode, waiting.stdout + waiting.stderr).toBe(0);
  expect(waiting.stdout).toMatch(/queued {2}healthy[^]*wave canary is done[^]*web {2}healthy/);
  expect(waiting.stdout).toMatch(/api {2}healthy[^]*wave canary is done[^]*locked {2}healthy/);
  expect(world.repository("acme/api").pulls).toMatchObject([{ mergedBy: "acme-admin" }]);
  expect(world.repository("acme/queued").pulls).toMatchObject([{ mergedBy: "acme-admin" }]);
  expect(conclusions(await runs()).filter((run) => /^(?:queued|locked)/.test(run))).toEqual([
    "queued check pull_request success",
    "queued ci pull_request success",
    "queued check merge_group success",
    "queued ci merge_group success",
    "queued ci push success",
    "locked ci pull_request success",
    "locked ci push success",
  ]);
  fleet.takeWrites();
  const next = await runCommand(fleet, ["rollout", "--yes", "test", "--refresh"]);
  expect(next.exitCode, next.stdout + next.stderr).toBe(0);
  // The branches of the last wave are deleted; it has deleted those of the canaries.
  expect(fleet.takeWrites()).toEqual(["POST /graphql", "POST /graphql"]);
  const { stdout, exitCode } = await runCommand(fleet, ["status", "test"]);
  expect(exitCode, stdout).toBe(0);

  verdict = "failure";
  await fleet.configure(settings(25));
  const failed = await runCommand(fleet, ["rollout", "--yes", "test"]);
  expect(failed.exitCode, failed.stdout + failed.stderr).toBe(3);
  expect(failed.stdout).toContain('the required check "approve" of its pull request failed');
  expect(failed.stdout).toContain("https://checks.example/1");
  expect(world.repository("acme/web").pulls).toHaveLength(1);
}, 300_000);
