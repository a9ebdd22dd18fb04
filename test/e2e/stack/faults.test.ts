import { afterAll, beforeAll, expect, test } from "vitest";
import type { FaultEffect, FaultMatch } from "github-simulator";
import { rotateSealingKey } from "github-simulator/testing";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";
import { gitHubAs } from "../../support/github-as.ts";

const answer = (
  status: number,
  body = '{"message":"Server Error"}',
  headers: Record<string, string> = { "content-type": "application/json" },
): FaultEffect => ({ kind: "answer", status, body, headers });
const html = answer(200, "<html>Sign in</html>", { "content-type": "text/html" });
const limit = (status: number) =>
  answer(status, '{"message":"You have exceeded a secondary rate limit."}', {
    "content-type": "application/json",
    "retry-after": "1",
  });
/** What happens on GitHub when the request has arrived, before it is processed. */
const meanwhile = (run: () => void): FaultEffect => ({ kind: "call", when: "before", run });

type Write = "secret" | "commit" | "reads";

/**
 * The fault of each repository, by its name: at which write, how often, and the message of `up`. Without
 * a message, the repository must be in order after the one run.
 */
const faults: Record<string, [Write, number, () => FaultEffect, (string | RegExp)?]> = {
  "reset-before-secret": ["secret", 1, () => ({ kind: "drop", when: "before" })],
  "reset-after-secret": ["secret", 1, () => ({ kind: "drop", when: "after" })],
  "reset-before-commit": ["commit", 1, () => ({ kind: "drop", when: "before" })],
  "reset-after-commit": ["commit", 1, () => ({ kind: "drop", when: "after" })],
  "error-500-secret": ["secret", 1, () => answer(500)],
  "error-502-commit": ["commit", 1, () => answer(502)],
  "error-503-commit": ["commit", 1, () => answer(503)],
  "limit-429-secret": ["secret", 1, () => limit(429)],
  "limit-403-commit": ["commit", 1, () => limit(403)],
  "truncated-commit": ["commit", 1, () => ({ kind: "truncate", bytes: 40 })],
  "slow-commit": ["commit", 1, () => ({ kind: "delay", milliseconds: 12_000 })],
  "lagging-reads": ["reads", Infinity, () => ({ kind: "lag", milliseconds: 3_000 })],
  "new-key": [
    "secret",
    1,
    () => meanwhile(() => rotateSealingKey(fleet.platform.world, secretOf("new-key"))),
  ],
  "pushed-between": [
    "commit",
    1,
    () => meanwhile(() => developer().editFiles("acme/pushed-between", { "a.txt": "a" })),
  ],
  "renamed-between": [
    "commit",
    1,
    () => meanwhile(() => developer().renameRepository("acme/renamed-between", "renamed-since")),
  ],
  "error-500-always": ["secret", 4, () => answer(500), /GitHub answered 500/],
  "page-for-commit": ["commit", 1, () => html, /is not what GitHub's API describes/],
  "archived-between": [
    "commit",
    1,
    () =>
      meanwhile(
        () => void (fleet.platform.world.repository("acme/archived-between").archived = true),
      ),
    /archived/,
  ],
};
const names = [...Object.keys(faults), "untouched"];

let fleet: TestFleet;
const developer = () => fleet.platform.byHand("acme-admin");
const nameNow = (name: string) => (name === "renamed-between" ? "renamed-since" : name);
const secretOf = (name: string) => ({ scope: "repository", repository: `acme/${name}` }) as const;

beforeAll(async () => {
  const settings = {
    username: "acme-publisher",
    repositories: [{ match: "*" }],
    secret: { scope: "repository" },
  };
  const repositories = names.map((name) => ({ name, dockerfile: "Dockerfile" }));
  fleet = await startFleet(settings, { repositories });
  for (const [name, [write, times, effect]] of Object.entries(faults)) {
    fleet.platform.faults.inject({ ...matchOf(name, write), times }, effect());
  }
});
afterAll(() => fleet.close());

function matchOf(name: string, write: Write): FaultMatch {
  if (write === "reads") return { path: `/repos/acme/${name}/` };
  return write === "secret"
    ? { method: "PUT", path: `/${name}/actions/secrets/` }
    : { path: "/graphql", body: `"repositoryNameWithOwner":"acme/${name}"` };
}

test("each repository is in order or named, and after the faults one update fixes the rest", async () => {
  const { stack, platform } = fleet;
  const { world } = platform;
  const first = await stack.up(["--skip-preview", "--continue-on-error"]);
  expect(first.exitCode, first.stdout).not.toBe(0);
  for (const [name, [write, , , says]] of Object.entries(faults)) {
    const kind = write === "secret" ? "RegistrySecret" : "RepositoryPublishing";
    const failed = first.stdout
      .split("\n")
      .find((line) => line.includes(`${kind} ${name}`) && line.includes("creating failed"));
    if (says === undefined) expect(failed).toBeUndefined();
    else expect(failed).toMatch(says);
  }

  const github = gitHubAs(platform, "admin");
  const countCommits = async (name: string) =>
    ((await github(`GET /repos/acme/${name}/commits`)).body as unknown[]).length;
  for (const name of names.filter((each) => faults[each]?.[3] === undefined)) {
    expect(world.secretValue(secretOf(nameNow(name)), "GHCR_PAT")).toBe(
      world.tokenValue("publisher"),
    );
    // The seed's, the fleet's, and the one in between.
    expect(await countCommits(nameNow(name)), name).toBe(name === "pushed-between" ? 3 : 2);
  }
  expect(platform.requests.length).toBeLessThan(names.length * 25);

  const repaired = await stack.up(["--skip-preview", "--refresh"]);
  expect(repaired.exitCode, repaired.stdout).toBe(0);
  expect(await countCommits("page-for-commit")).toBe(2);
  fleet.takeWrites();
  const last = await stack.up(["--skip-preview", "--refresh"]);
  expect(last.exitCode, last.stdout).toBe(0);
  expect(fleet.takeWrites()).toEqual([]);

  const { stdout } = await stack.must(["stack", "export", "--show-secrets"]);
  expect(JSON.parse(stdout).deployment.pending_operations ?? []).toEqual([]);
  expect(
    [first, repaired, last].map((run) => run.stdout + run.stderr).join() + stdout,
  ).not.toContain(world.tokenValue("publisher"));
});
