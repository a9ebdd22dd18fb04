import { expect, onTestFinished, test } from "vitest";
import { startFleet } from "../support/start-fleet.ts";

test("waits for GitHub are shown at the resource that waits", async () => {
  const fleet = await startFleet({
    repositories: [{ name: "api" }, { name: "web" }],
    secret: { scope: "repository" },
  });
  onTestFinished(() => fleet.close());
  const { faults } = fleet.platform;
  const headers = { "content-type": "application/json", "retry-after": "1" };
  const limit = {
    kind: "answer",
    status: 403,
    body: '{"message":"You have exceeded a secondary rate limit."}',
    headers,
  } as const;
  faults.inject({ path: "/graphql", body: "query Fleet", times: 1 }, limit);
  faults.inject({ method: "PUT", path: "/api/actions/secrets/GHCR_PAT", times: 1 }, limit);
  faults.inject(
    { path: "/graphql", body: "createCommitOnBranch", times: 1 },
    { kind: "answer", status: 502, body: "{}", headers },
  );
  const { exitCode, stdout } = await fleet.stack.up(["--skip-preview"]);
  expect(exitCode, stdout).toBe(0);
  const wait = "GitHub's secondary rate limit is used up: waiting 1 s";
  expect(stdout).toMatch(new RegExp(`pulumi:pulumi:Stack .* ${wait}`));
  expect(stdout).toMatch(new RegExp(`RegistrySecret api/GHCR_PAT .* ${wait}`));
  expect(stdout).toMatch(/RepositoryPublishing \w+ .* GitHub answered 502: asking again in 1 s/);
});
