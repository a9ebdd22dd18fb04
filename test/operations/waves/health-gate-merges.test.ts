import { afterEach, beforeEach, expect, test } from "vitest";
import type { RepositoryResult } from "../../../src/operations/waves/rollout-event.ts";
import { candidate, publisher, startHealthGate, type HealthGate } from "./start-health-gate.ts";
import { gitHubAs, type GitHub } from "../../support/github-as.ts";

let gate: HealthGate;
let github: GitHub;
beforeEach(async () => {
  gate = await startHealthGate(["web"]);
  github = gitHubAs(gate.platform, "admin");
});
afterEach(() => gate.platform.close());

const repo = "/repos/acme/api";
const pullRequestUrl = "https://github.com/acme/api/pull/1";

/** Offers a workflow that publishes, with a check of the pull request. */
async function offer(check = "exit 0", name = "api"): Promise<void> {
  const sha = gate.platform.world.repository(`acme/${name}`).refs.get("refs/heads/main");
  const refs = `POST /repos/acme/${name}/git/refs`;
  await github(refs, { ref: "refs/heads/ghcr-fleet/publishing", sha });
  const checks = `on: pull_request
jobs:
  build:
    runs-on: ubuntu-24.04
    steps: [{ run: "${check}" }]
`;
  gate.developer.editFiles(
    `acme/${name}`,
    { ".github/workflows/ci.yml": publisher("true"), ".github/workflows/check.yml": checks },
    { branch: "ghcr-fleet/publishing" },
  );
  const head = "ghcr-fleet/publishing";
  await github(`POST /repos/acme/${name}/pulls`, { title: "ci: publish", head, base: "main" });
  await gate.platform.actions.idle();
}

/** Waits for the pull request; `between` happens after some checks of it. */
async function wait(credential = false, between?: () => Promise<unknown>) {
  const results: RepositoryResult[] = [];
  let now = 0;
  let sleeps = 0;
  const clock = {
    now: () => now,
    async sleep(pause: number) {
      sleeps += 1;
      if (sleeps === 2) await between?.();
      await gate.platform.actions.idle();
      now += pause;
    },
  };
  const onResult = (result: RepositoryResult) => void results.push(result);
  const more = { waitsForMerges: true, clock, onResult };
  const last = await gate.wait({ credential, pullRequestUrl }, more);
  return { last, details: results.map(({ state, detail }) => `${state} ${detail}`) };
}

const merge = () => github(`PUT ${repo}/pulls/1/merge`, { merge_method: "squash" });

test("files in a pull request are proved by the run that the merge starts", async () => {
  await offer();
  const { last, details } = await wait(false, merge);
  expect(last).toMatchObject({ state: "healthy", detail: "ci.yml published" });
  expect(details).toContain("waiting its pull request waits for somebody to merge it");
});

test("if nobody merges in time, the gate says what each one waits for, and that it is no failure", async () => {
  await offer();
  await github(`PUT ${repo}/branches/main/protection`, {
    required_status_checks: { strict: false, checks: [{ context: "build" }, { context: "lint" }] },
    required_pull_request_reviews: { required_approving_review_count: 1 },
    enforce_admins: true,
    restrictions: null,
  });
  await github(`POST ${repo}/pulls/1/requested_reviewers`, { reviewers: ["acme-publisher"] });
  expect((await wait()).last).toEqual({
    repository: "api",
    state: "merge",
    detail: "its pull request waits for a review by acme-publisher",
    url: pullRequestUrl,
  });
  expect(await gate.wait({ credential: false, pullRequestUrl })).toMatchObject({
    state: "merge",
    detail: "merge its pull request",
  });
});

test("without a wait for merges, what is merged already has to publish, and what is closed is declined", async () => {
  await offer();
  const proof = { credential: false, pullRequestUrl };
  expect(await gate.wait(proof)).toMatchObject({ state: "merge" });
  await merge();
  await gate.platform.actions.idle();
  expect(await gate.wait(proof)).toMatchObject({ state: "healthy", detail: "ci.yml published" });
  // The run of the merge may have had the former credential: it is repeated.
  const clock = { now: () => 0, sleep: () => gate.platform.actions.idle() };
  expect(await gate.wait({ ...proof, credential: true }, { clock })).toMatchObject({
    state: "healthy",
  });
  const pushed = gate.platform.actions.runs().filter(({ event }) => event.name === "push");
  expect(pushed.map(({ attempt }) => attempt)).toContain(2);

  await offer("exit 0", "web");
  await github("PATCH /repos/acme/web/pulls/1", { state: "closed" });
  const url = "https://github.com/acme/web/pull/1";
  const states: string[] = [];
  await gate.wait(proof, {
    candidates: [candidate("web", { credential: false, pullRequestUrl: url })],
    onResult: ({ state }) => void states.push(state),
  });
  expect(states.at(-1)).toBe("declined");
});

const requireBuild = () =>
  github(`PUT ${repo}/branches/main/protection`, {
    required_status_checks: { strict: false, checks: [{ context: "build" }] },
    required_pull_request_reviews: null,
    enforce_admins: true,
    restrictions: null,
  });

test("a required check that fails is named with its page, before anybody merges", async () => {
  await offer("exit 1");
  expect((await wait()).last).toMatchObject({ state: "merge" });
  await requireBuild();
  expect((await wait()).last).toMatchObject({
    state: "failed",
    detail: 'the required check "build" of its pull request failed: fix it there, then continue',
    url: expect.stringMatching(/acme\/api\/actions\/runs\/\d+\/job\/\d+$/),
  });
});

test.each([
  ["at once where none may fail", 0, 0],
  ["for the others where one may", 1, 5],
])("what fails ends the wait for merges: %s", async (_, failuresAllowed, minutes) => {
  await offer("exit 1");
  await requireBuild();
  await offer("exit 0", "web");
  const proof = (name: string) =>
    candidate(name, {
      credential: false,
      pullRequestUrl: `https://github.com/acme/${name}/pull/1`,
    });
  const states: Record<string, string> = {};
  let now = 0;
  const clock = { now: () => now, sleep: async (pause: number) => void (now += pause) };
  await gate.wait(proof("api").proof, {
    ...{ waitsForMerges: true, clock, timeoutMinutes: 5, failuresAllowed },
    candidates: [proof("api"), proof("web")],
    onResult: ({ repository, state }) => void (states[repository] = state),
  });
  expect(states).toEqual({ api: "failed", web: "merge" });
  expect(Math.floor(now / 60_000)).toBe(minutes);
});

test("a pull request that is closed without a merge is declined, and no failure", async () => {
  await offer();
  const { last } = await wait(false, () => github(`PATCH ${repo}/pulls/1`, { state: "closed" }));
  expect(last).toEqual({
    repository: "api",
    state: "declined",
    detail: "acme-admin closed its pull request without a merge",
    url: pullRequestUrl,
  });
});

test("with a new credential, what publishes today has to publish before the merge, too", async () => {
  await gate.commit("exit 3");
  await offer();
  const { last, details } = await wait(true, merge);
  // It failed before: the fix waits in the pull request.
  expect(details).toContain("waiting its pull request waits for somebody to merge it");
  expect(last).toMatchObject({ state: "healthy" });
});
