import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createGitHubClient } from "../../src/github/github-client.ts";
import { waitForHealth, type HealthGateOptions } from "../../src/rollout/health-gate.ts";
import type { Proof } from "../../src/rollout/journal.ts";
import type { RepositoryResult } from "../../src/rollout/rollout-event.ts";
import { byHand, parseSeed, type ByHand } from "../../simulator/index.ts";
import { startPlatform, type Platform } from "../../simulator/platform/start-platform.ts";
import type { Run } from "../../simulator/actions/run/run-record.ts";
import { createClient } from "../simulator/client.ts";
import { ociClient } from "../simulator/registry/oci-client.ts";

const workflow = (script: string) => `name: ci
on: { push: { branches: [main] }, workflow_dispatch: {} }
jobs:
  image:
    name: Build the image
    runs-on: ubuntu-24.04
    steps:
      - name: Build
        run: ${script}
`;

let platform: Platform;
let developer: ByHand;
beforeEach(async () => {
  const publisher = { owner: "acme-publisher", scopes: ["write:packages", "read:packages"] };
  const admin = { owner: "acme-admin", scopes: ["repo", "workflow", "admin:org", "read:packages"] };
  platform = await startPlatform({
    seed: parseSeed({
      organisation: { login: "acme", basePermission: "write" },
      users: [
        { login: "acme-admin", role: "admin" },
        { login: "acme-publisher", role: "member" },
      ],
      tokens: [
        { name: "admin", ...admin, expiresInDays: 90 },
        { name: "publisher", ...publisher, expiresInDays: 60 },
      ],
      repositories: [{ name: "api" }],
    }),
  });
  developer = byHand(platform.world, "acme-admin");
});
afterEach(() => platform.close());

/** Commits a ci.yml that does this, and waits for its run. */
async function commit(script: string): Promise<string> {
  const files = { ".github/workflows/ci.yml": workflow(script) };
  const sha = developer.editFiles("acme/api", files, { message: script });
  await platform.actions.idle();
  return sha;
}

const publish = (sha: string) =>
  ociClient(platform.registry, platform.world.tokenValue("publisher")).push(
    "acme/api",
    `sha-${sha.slice(0, 7)}`,
  );

/** The last word about acme/api; time flies while the gate waits. */
async function wait(
  proof: Proof,
  more: Partial<HealthGateOptions> = {},
): Promise<RepositoryResult | undefined> {
  let now = 0;
  const clock = { now: () => now, sleep: async (pause: number) => void (now += pause) };
  const credential = {
    username: "acme-publisher",
    password: platform.world.tokenValue("publisher"),
  };
  const results = await waitForHealth({
    github: createGitHubClient({
      baseUrl: platform.url,
      token: platform.world.tokenValue("admin"),
      pace: "burst",
    }),
    owner: "acme",
    registry: { url: platform.registryUrl, credential },
    dispatch: undefined,
    repeatFailed: false,
    candidates: [{ repository: "api", branch: "main", image: "api", proof }],
    timeoutMinutes: 1,
    gates: 1,
    clock,
    stop: new AbortController().signal,
    onResult: () => {},
    ...more,
  });
  return results.get("api");
}

test("a commit whose image is in the registry is healthy", async () => {
  const sha = await commit("true");
  await publish(sha);
  expect(await wait({ commit: sha, credential: false })).toMatchObject({
    state: "healthy",
    detail: `published api:sha-${sha.slice(0, 7)}`,
  });
});

test("a run without an image, and no run at all, fail when the time is over", async () => {
  const sha = await commit("true");
  expect(await wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: `no image after 1 min: api:sha-${sha.slice(0, 7)} is not in the registry`,
  });
  expect(await wait({ commit: "0".repeat(40), credential: false })).toMatchObject({
    state: "failed",
    detail: "no image after 1 min: no run of ci.yml yet",
  });
});

test("the gate looks until its time is over, and hardly longer", async () => {
  let now = 0;
  const clock = { now: () => now, sleep: async (pause: number) => void (now += pause) };
  await wait({ commit: "0".repeat(40), credential: false }, { clock, timeoutMinutes: 2 });
  expect(now).toBeGreaterThanOrEqual(2 * 60_000);
  // The longest pause.
  expect(now).toBeLessThan(2 * 60_000 + 15_000);
});

test("what GitHub refuses is not asked again", async () => {
  const github = createGitHubClient({ baseUrl: platform.url, token: "of nobody" });
  let now = 0;
  const clock = { now: () => now, sleep: async (pause: number) => void (now += pause) };
  expect(await wait({ credential: false }, { clock, github })).toMatchObject({
    state: "failed",
    detail: expect.stringMatching(/^cannot see whether api publishes: GitHub answered 401/),
  });
  expect(now).toBe(0);
});

test("a run that nobody starts, or approves, says so when the time is over", async () => {
  platform.actions.holdQueue();
  const files = { ".github/workflows/ci.yml": workflow("true") };
  const sha = developer.editFiles("acme/api", files, { message: "queued" });
  await vi.waitUntil(() => platform.actions.runs().length === 1);
  expect(await wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: "no image after 1 min: its run is queued",
    url: expect.stringContaining("/acme/api/actions/runs/"),
  });
  Object.assign(platform.actions.runs()[0] as Run, { status: "waiting" });
  expect(await wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: "no image after 1 min: its run waits for an approval",
  });
});

test("a run that somebody cancelled failed, and a resumed rollout repeats it", async () => {
  platform.actions.holdQueue();
  const files = { ".github/workflows/ci.yml": workflow("true") };
  const sha = developer.editFiles("acme/api", files, { message: "cancelled" });
  await vi.waitUntil(() => platform.actions.runs().length === 1);
  const github = createClient(platform, "admin");
  const { id } = platform.actions.runs()[0] as Run;
  await github(`POST /repos/acme/api/actions/runs/${id}/cancel`);
  platform.actions.releaseQueue();
  await platform.actions.idle();
  expect(await wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: expect.stringMatching(/^its run ended with cancelled/),
  });
  await publish(sha);
  const sleep = async () => platform.actions.idle();
  const clock = { now: () => 0, sleep };
  const again = await wait({ commit: sha, credential: false }, { repeatFailed: true, clock });
  expect(again).toMatchObject({ state: "healthy" });
});

test("a failed run names job and step, unless a later commit publishes", async () => {
  const sha = await commit("exit 3");
  expect(await wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: 'its run ended with failure, job "Build the image", step "Build"',
    url: expect.stringContaining("/acme/api/actions/runs/"),
  });
  const later = await commit("true");
  await publish(later);
  expect(await wait({ commit: sha, credential: false })).toMatchObject({ state: "healthy" });
});

test("a run that had to fall back to its own token does not prove the secret", async () => {
  const files = {
    ".github/workflows/ci.yml": workflow("true").replace(
      "name: Build\n",
      "name: Name the refused credential\n",
    ),
  };
  const sha = developer.editFiles("acme/api", files, { message: "Fall back" });
  await platform.actions.idle();
  await publish(sha);
  expect(await wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: "ghcr.io refused the secret: the image was published with the job's own token",
  });
});

test("for a credential alone the last run is repeated, or the workflow dispatched", async () => {
  expect(await wait({ credential: true })).toMatchObject({
    state: "failed",
    detail: expect.stringContaining("has no run of ci.yml that could be repeated"),
  });
  const pullRequestUrl = "https://github.com/acme/api/pull/1";
  expect(await wait({ credential: true, pullRequestUrl })).toMatchObject({
    state: "merge",
    url: pullRequestUrl,
  });
  await publish(await commit("true"));
  const runs = () =>
    platform.actions.runs().map(({ event, attempt }) => `${event.name} ${attempt}`);
  // The gate's time flies, the runner's does not: look until the repetition is over.
  const clock = { now: () => 0, sleep: () => platform.actions.idle() };
  expect(await wait({ credential: true }, { clock })).toMatchObject({ state: "healthy" });
  expect(runs()).toEqual(["push 2"]);
  expect(await wait({ credential: true }, { clock, dispatch: "ci.yml" })).toMatchObject({
    state: "healthy",
    detail: "its run succeeded",
  });
  expect(runs()).toEqual(["push 2", "workflow_dispatch 1"]);
});

test("a repetition that does not show yet is waited for: the run before it proves nothing", async () => {
  const done = join(tmpdir(), `ghcr-fleet-${crypto.randomUUID()}`);
  await publish(await commit(`test ! -e ${done} && touch ${done}`));
  const [run] = platform.actions.runs();
  const path = `/repos/acme/api/actions/runs/${run!.id}`;
  const token = platform.world.tokenValue("admin");
  const shown = await fetch(platform.url + path, { headers: { authorization: `Bearer ${token}` } });
  platform.faults.inject(
    { method: "GET", path: new RegExp(`${path}$`), times: 1 },
    {
      kind: "answer",
      status: 200,
      body: await shown.text(),
      headers: { "content-type": "application/json" },
    },
  );
  const clock = { now: () => 0, sleep: () => platform.actions.idle() };
  expect(await wait({ credential: true }, { clock })).toMatchObject({
    state: "failed",
    detail: expect.stringContaining("its run ended with failure"),
  });
  await rm(done);
});

test("while its files wait in a pull request, what fails as before is no failure, and tags are free", async () => {
  const pullRequestUrl = "https://github.com/acme/api/pull/1";
  const proof = { credential: true, pullRequestUrl };
  await commit("false");
  expect(await wait(proof)).toMatchObject({ state: "merge", url: pullRequestUrl });
  const runs = platform.actions.runs().length;
  await commit("true");
  expect(await wait(proof)).toMatchObject({ state: "merge", url: pullRequestUrl });
  expect(platform.actions.runs().length).toBe(runs + 1);

  const broken = "/tmp/ghcr-fleet-" + crypto.randomUUID();
  await commit(`test ! -e ${broken} && touch ${broken}`);
  expect(await wait(proof)).toMatchObject({ state: "failed" });
  await rm(broken);
});

test("a run that began before the credential changed proves nothing: it is repeated when it is over", async () => {
  await publish(await commit("true"));
  platform.actions.holdQueue();
  const sha = developer.editFiles("acme/api", { "a.txt": "a" }, { message: "Go on" });
  await expect.poll(() => platform.actions.runs().length).toBe(2);
  await publish(sha);
  const said: string[] = [];
  const result = await wait(
    { credential: true },
    {
      clock: {
        now: () => 0,
        async sleep() {
          platform.actions.releaseQueue();
          await platform.actions.idle();
        },
      },
      onResult: ({ detail = "" }) => said.push(detail),
    },
  );
  expect(result).toMatchObject({ state: "healthy" });
  expect(said).toContain("a run that began before goes on");
  expect(platform.actions.runs().map(({ attempt }) => attempt)).toEqual([1, 2]);
});

test("a run that GitHub does not repeat fails with its reason and what helps", async () => {
  await publish(await commit("true"));
  const message = "Unable to retry this workflow run because it was created over a month ago";
  platform.faults.inject(
    { path: "/rerun" },
    {
      kind: "answer",
      status: 403,
      body: JSON.stringify({ message }),
      headers: { "content-type": "application/json" },
    },
  );
  expect(await wait({ credential: true })).toMatchObject({
    state: "failed",
    detail: `its last run of ci.yml cannot be repeated (${message}); push a commit, or set fleet.healthGate.dispatch`,
  });
});

test("an answer that says nothing about the repository is no failure of it: GitHub is asked again", async () => {
  const sha = await commit("true");
  await publish(sha);
  const page = { kind: "answer", status: 200, body: "<html>" } as const;
  platform.faults.inject({ path: "/actions/workflows/ci.yml/runs", times: 3 }, page);
  const said: string[] = [];
  const onResult = ({ detail = "" }) => void said.push(detail);
  expect(await wait({ commit: sha, credential: false }, { onResult })).toMatchObject({
    state: "healthy",
  });
  expect(said).toContainEqual(expect.stringMatching(/^asking again: the answer to GET /));
});

test("where GitHub's settings forbid runs, nobody waits for one", async () => {
  const { world, actions } = platform;
  const off = world.repository("acme/api");
  off.actions.enabled = false;
  const sha = await commit("true");
  expect(await wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: "GitHub Actions is off in this repository: switch it on in its settings, under Actions",
  });
  off.actions.enabled = true;
  await commit("true");
  expect(actions.runs()).toHaveLength(1);
  const github = createGitHubClient({ baseUrl: platform.url, token: world.tokenValue("admin") });
  await github.request("PUT /repos/acme/api/actions/workflows/ci.yml/disable");
  const last = await commit("true");
  expect(await wait({ commit: last, credential: false })).toMatchObject({
    state: "failed",
    detail: "ci.yml is disabled manually in this repository: enable it on its Actions page",
  });
});

test("a run that many later ones pushed off the list is found by its commit", async () => {
  const sha = await commit("true");
  await publish(sha);
  for (let number = 0; number < 11; number += 1) await commit(`exit ${number + 1}`);
  expect(await wait({ commit: sha, credential: false })).toMatchObject({ state: "failed" });
  await publish(await commit("true"));
  expect(await wait({ commit: sha, credential: false })).toMatchObject({ state: "healthy" });
});

test("the larger the wave, the longer the pauses: a look at each repository a second, at most", async () => {
  const pauses: number[] = [];
  let now = 0;
  const clock = {
    now: () => now,
    sleep: async (pause: number) => void pauses.push(pause, (now += pause)),
  };
  const candidates = Array.from({ length: 20 }, (_, index) => ({
    ...{ repository: `r-${index}`, branch: "main", image: "r", proof: { credential: false } },
  }));
  await wait({ credential: false }, { candidates, clock, gates: 3, timeoutMinutes: 1 });
  expect(pauses[0]).toBe(60_000);
});
