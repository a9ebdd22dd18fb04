import { afterAll, beforeAll, expect, test } from "vitest";
import type { FaultEffect, FaultMatch } from "github-simulator";
import { rotateSealingKey } from "github-simulator/testing";
import { startFleet, type TestFleet } from "../e2e/support/start-fleet.ts";
import {
  assertBoundedRequests,
  assertCommits,
  assertConverges,
  assertImportable,
  assertNewestPat,
  assertNoToken,
  assertTruthfulExit,
  rememberOutside,
} from "./support/properties.ts";

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
const primaryLimit = () => {
  const reset = String(Math.ceil(Date.now() / 1000) + 2);
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
  const body = '{"message":"API rate limit exceeded for user acme-admin."}';
  return answer(403, body, { "content-type": "application/json", ...headers });
};
/** What happens on GitHub when the request has arrived, before it is processed. */
const meanwhile = (run: () => void): FaultEffect => ({ kind: "call", when: "before", run });

/** `settings`: the first write of secret or variable. */
type Write = "secret" | "settings" | "commit" | "reads";

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
  // Without Retry-After.
  "limit-unknown-secret": [
    "secret",
    1,
    () => answer(403, '{"message":"You have exceeded a secondary rate limit."}'),
  ],
  "limit-403-commit": ["commit", 1, () => limit(403)],
  "truncated-commit": ["commit", 1, () => ({ kind: "truncate", bytes: 40 })],
  "primary-limit-secret": ["secret", 1, primaryLimit],
  "slow-commit": ["commit", 1, () => ({ kind: "delay", milliseconds: 12_000 })],
  // Longer than the client waits, which it says; the late request still arrives.
  "hanging-commit": ["commit", 1, () => ({ kind: "delay", milliseconds: 45_000 })],
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
  // Nothing is written to what somebody else has now.
  "transferred-before-secret": [
    "settings",
    1,
    () => meanwhile(() => transfer("acme/transferred-before-secret", "acme-admin")),
    /it is acme-admin\/transferred-before-secret now/,
  ],
  // A commit cannot be prevented; it is named.
  "transferred-before-commit": [
    "commit",
    1,
    () => meanwhile(() => transfer("acme/transferred-before-commit", "acme-admin")),
    /transferred to acme-admin meanwhile/,
  ],
  "error-500-eight": ["secret", 8, () => answer(500), /GitHub answered 500/],
  "error-503-eight": ["commit", 8, () => answer(503), /GitHub answered 503/],
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
  "deleted-between": [
    "commit",
    1,
    () =>
      meanwhile(() => {
        const { world } = fleet.platform;
        world.state.repositories.delete(world.repository("acme/deleted-between").id);
      }),
    /deleted-between/,
  ],
};
/** Without a fault of a request: what they are is enough. */
const unusual: Record<string, object> = {
  empty: { empty: true },
  "other-branch": { dockerfile: "Dockerfile", defaultBranch: "trunk" },
  "archived-before": { dockerfile: "Dockerfile", archived: true },
};
const byHand = [
  "transferred-since",
  "secret-edited",
  "secret-deleted",
  "file-edited",
  "file-deleted",
];
const names = [...Object.keys(faults), ...Object.keys(unusual), ...byHand, "untouched"];

let fleet: TestFleet;
const developer = () => fleet.platform.byHand("acme-admin");
const nameNow = (name: string) => (name === "renamed-between" ? "renamed-since" : name);
const secretOf = (name: string) => ({ scope: "repository", repository: `acme/${name}` }) as const;

beforeAll(async () => {
  const settings = {
    username: "acme-publisher",
    repositories: [{ match: "*" }],
    exclude: ["outside"],
    secret: { scope: "repository" },
  };
  const repositories = [...names, "outside"].map((name) => ({
    name,
    ...(unusual[name] ?? { dockerfile: "Dockerfile" }),
  }));
  fleet = await startFleet(settings, { repositories });
  for (const [name, [write, times, effect]] of Object.entries(faults)) {
    for (const match of matchesOf(name, write))
      fleet.platform.faults.inject({ ...match, times }, effect());
  }
});
afterAll(() => fleet.close());

function matchesOf(name: string, write: Write): FaultMatch[] {
  const secret = { method: "PUT", path: `/${name}/actions/secrets/` };
  switch (write) {
    case "reads":
      return [{ path: `/repos/acme/${name}/` }];
    case "secret":
      return [secret];
    case "settings":
      return [secret, { method: "POST", path: `/${name}/actions/variables` }];
    case "commit":
      return [{ path: "/graphql", body: `"repositoryNameWithOwner":"acme/${name}"` }];
  }
}

function transfer(fullName: string, owner: string): void {
  const { world } = fleet.platform;
  if (world.state.redirects.has(fullName)) return;
  const repository = world.repository(fullName);
  world.state.redirects.set(fullName, repository.id);
  repository.owner = owner;
}

test("each repository is in order or named, and after the faults one update fixes the rest", async () => {
  const { stack, platform } = fleet;
  const assertOutsideUntouched = rememberOutside(fleet, ["outside"]);
  const first = await stack.up(["--skip-preview", "--continue-on-error"]);
  const failing = Object.entries(faults).flatMap(([name, [write, , , reason]]) => {
    const resources = {
      ...{ commit: [`RepositoryPublishing ${name}`], reads: [] },
      secret: [`RegistrySecret ${name}/GHCR_PAT`],
      settings: [`RegistrySecret ${name}/GHCR_PAT`, `RegistryVariable ${name}/GHCR_USERNAME`],
    };
    return reason === undefined ? [] : resources[write].map((each) => [each, reason] as const);
  });
  assertTruthfulExit(first, Object.fromEntries(failing));
  expect(first.stdout).toContain("no answer within 30 s");
  const taken = "acme-admin/transferred-before-secret";
  const place = { scope: "repository", repository: taken } as const;
  expect(platform.world.secretValue(place, "GHCR_PAT")).toBeUndefined();
  expect(first.stdout).toContain('"archived: unarchive it to bring it in"');
  expect(first.stdout).toContain('"empty: push a first commit to bring it in"');
  const isFailing = (name: string) => faults[name]?.[3] !== undefined;
  const left = ["archived-before", "empty"];
  const fine = names.filter((name) => !isFailing(name) && !left.includes(name)).map(nameNow);
  assertNewestPat(fleet, "publisher", fine);
  // The seed's, the fleet's, and the one in between.
  const commitsOf = (name: string) => (name === "pushed-between" ? 3 : 2);
  const onMain = fine.filter((name) => !Object.hasOwn(unusual, name));
  await assertCommits(fleet, Object.fromEntries(onMain.map((name) => [name, commitsOf(name)])));
  assertBoundedRequests(fleet, names.length * 25);
  const repeated = platform.requests.filter(
    ({ method, path }) => method === "PUT" && path.includes("/limit-unknown-secret/"),
  );
  const [refusal = 0, retry = 0] = repeated.map(({ time }) => Date.parse(time));
  expect(retry - refusal).toBeGreaterThanOrEqual(60_000);

  platform.faults.clear();
  developer().setSecret(secretOf("secret-edited"), "GHCR_PAT", "by hand");
  developer().deleteSecret(secretOf("secret-deleted"), "GHCR_PAT");
  const ci = ".github/workflows/ci.yml";
  developer().editFiles("acme/file-edited", { [ci]: "on: push\n" });
  developer().editFiles("acme/file-deleted", { [ci]: null });
  transfer("acme/transferred-since", "acme-admin");
  const runs = await assertConverges(fleet);
  expect(runs[0]!.stdout).toContain("acme-admin/transferred-since");
  const inOrder = names
    .filter((name) => !/^(?:archived-|deleted-|transferred-|empty$)/.test(name))
    .map(nameNow);
  assertNewestPat(fleet, "publisher", inOrder);
  await assertCommits(fleet, {
    ...Object.fromEntries(
      onMain.filter((name) => inOrder.includes(name)).map((name) => [name, commitsOf(name)]),
    ),
    "page-for-commit": 2,
    // The image of its workflows is named after it.
    "renamed-since": 3,
    "file-edited": 4,
    "file-deleted": 4,
  });
  assertOutsideUntouched();
  await assertImportable(fleet);
  await assertNoToken(
    fleet,
    [first, ...runs].flatMap(({ stdout, stderr }) => [stdout, stderr]),
  );
});
