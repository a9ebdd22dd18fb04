import { expect, onTestFinished, test } from "vitest";
import { runCommand } from "../support/run-command.ts";
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

test("a fleet that accepts only pull requests: each wave waits until they are merged and publish", async () => {
  const settings = (timeoutMinutes: number) => ({
    username: "acme-publisher",
    // GitHub merges the pull request of the canary after its check; somebody merges the other one.
    repositories: [{ match: "*" }, { name: "api", pullRequests: { autoMerge: "squash" } }],
    defaults: { delivery: "pull-request", workflows: "template", timeoutMinutes },
    waves: [{ name: "canary", repositories: ["api"] }],
  });
  const repositories = ["api", "web"].map((name) => ({ name, dockerfile: "Dockerfile" }));
  const options = { linked: true, actions: true };
  const fleet = await startFleet(settings(20), { repositories }, "publisher", options);
  onTestFinished(() => fleet.close());
  const { actions, world } = fleet.platform;
  fleet.platform
    .byHand("acme-admin")
    .editFiles("acme/api", { ".github/workflows/ci.yml": failing });
  await actions.idle();

  const github = gitHubAs(fleet.platform, "admin");
  await github("PATCH /repos/acme/api", { allow_auto_merge: true });
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
    const merge = `PUT /repos/acme/web/pulls/${number}/merge`;
    const answer = () => {
      if (repository.name !== "api") void github(merge, {});
      else if (pull?.autoMerge) void github(status, check);
      else setTimeout(answer, 200);
    };
    setTimeout(answer, 1000);
  });
  onTestFinished(() => stop());

  const waiting = await runCommand(fleet, ["rollout", "--yes", "test"]);
  expect(waiting.exitCode, waiting.stdout + waiting.stderr).toBe(0);
  expect(waiting.stdout).toMatch(/api {2}healthy[^]*wave canary is done[^]*web {2}healthy/);
  expect(world.repository("acme/api").pulls).toMatchObject([{ mergedBy: "acme-admin" }]);
  fleet.takeWrites();
  const next = await runCommand(fleet, ["rollout", "--yes", "test", "--refresh"]);
  expect(next.exitCode, next.stdout + next.stderr).toBe(0);
  // The branch of web is deleted; the last wave has deleted the one of the canary.
  expect(fleet.takeWrites()).toEqual(["POST /graphql"]);
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
