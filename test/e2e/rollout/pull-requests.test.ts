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

test("a fleet that accepts only pull requests is rolled out with them, and is in order after their merge", async () => {
  const settings = {
    username: "acme-publisher",
    repositories: [{ match: "*" }],
    defaults: { delivery: "pull-request", workflows: "template" },
    waves: [{ name: "canary", repositories: ["api"] }],
  };
  const repositories = ["api", "web"].map((name) => ({ name, dockerfile: "Dockerfile" }));
  const options = { linked: true, actions: true };
  const fleet = await startFleet(settings, { repositories }, "publisher", options);
  onTestFinished(() => fleet.close());
  const { actions } = fleet.platform;
  fleet.platform
    .byHand("acme-admin")
    .editFiles("acme/api", { ".github/workflows/ci.yml": failing });
  await actions.idle();

  const first = await runCommand(fleet, ["rollout", "--yes", "test"]);
  expect(first.exitCode, first.stdout + first.stderr).toBe(0);
  expect(first.stdout).toMatch(/api {2}merge {2}.*\/acme\/api\/pull\/1/);
  expect(first.stdout).toMatch(/web {2}merge {2}.*\/acme\/web\/pull\/1/);
  expect(first.stdout).toContain("test: rolled out");

  const github = gitHubAs(fleet.platform, "admin");
  for (const { name } of repositories) {
    await github(`PUT /repos/acme/${name}/pulls/1/merge`, {});
  }
  await actions.idle();
  fleet.takeWrites();
  const next = await runCommand(fleet, ["rollout", "--yes", "test", "--refresh"]);
  expect(next.exitCode, next.stdout + next.stderr).toBe(0);
  expect(fleet.takeWrites()).toEqual([]);
  const { stdout, exitCode } = await runCommand(fleet, ["status", "test"]);
  expect(exitCode, stdout).toBe(0);
}, 200_000);
