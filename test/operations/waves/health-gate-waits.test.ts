import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import type { Run } from "github-simulator";
import { candidate, startHealthGate, workflow, type HealthGate } from "./start-health-gate.ts";
import { gitHubAs } from "../../support/github-as.ts";

let gate: HealthGate;
beforeEach(async () => {
  gate = await startHealthGate();
});
afterEach(() => gate.platform.close());

test("a run without an image, and no run at all, fail when the time is over", async () => {
  const sha = await gate.commit("true");
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: `no image after 1 min: api:sha-${sha.slice(0, 7)} is not in the registry`,
  });
  expect(await gate.wait({ commit: "0".repeat(40), credential: false })).toMatchObject({
    state: "failed",
    detail: "no image after 1 min: no run of ci.yml yet",
  });
});

test("the gate looks until its time is over, and hardly longer", async () => {
  let now = 0;
  const clock = { now: () => now, sleep: async (pause: number) => void (now += pause) };
  const missing = { commit: "0".repeat(40), credential: false };
  expect(await gate.wait(missing, { clock, timeoutMinutes: 2 })).toMatchObject({
    detail: "no image after 2 min: main does not show its commit yet",
  });
  expect(now).toBeGreaterThanOrEqual(2 * 60_000);
  // The longest pause.
  expect(now).toBeLessThan(2 * 60_000 + 15_000);
});

test("what GitHub refuses is not asked again", async () => {
  const commit = await gate.commit("true");
  const message = "Resource not accessible by personal access token";
  const body = JSON.stringify({ message });
  const headers = { "content-type": "application/json" };
  const refusal = { kind: "answer", status: 403, body, headers } as const;
  gate.platform.faults.inject({ path: "/actions/workflows/ci.yml/runs" }, refusal);
  let now = 0;
  const clock = { now: () => now, sleep: async (pause: number) => void (now += pause) };
  expect(await gate.wait({ credential: false, commit }, { clock })).toMatchObject({
    state: "failed",
    detail: expect.stringMatching(/^cannot check whether api publishes: GitHub answered 403/),
  });
  const github = createGitHubClient({ baseUrl: gate.platform.url, token: "of nobody" });
  await expect(gate.wait({ credential: false }, { clock, github })).rejects.toThrow(
    /^cannot check whether api publishes: GitHub answered 401/,
  );
  expect(now).toBe(0);
});

test("a run that nobody starts, or approves, says so when the time is over", async () => {
  gate.platform.actions.holdQueue();
  const files = { ".github/workflows/ci.yml": workflow("true") };
  const sha = gate.developer.editFiles("acme/api", files, { message: "queued" });
  await vi.waitUntil(() => gate.platform.actions.runs().length === 1);
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: "no image after 1 min: its run is queued",
    url: expect.stringContaining("/acme/api/actions/runs/"),
  });
  Object.assign(gate.platform.actions.runs()[0] as Run, { status: "waiting" });
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: "no image after 1 min: its run waits for an approval",
  });
});

test("a run that somebody cancelled failed, and a resumed rollout repeats it", async () => {
  gate.platform.actions.holdQueue();
  const files = { ".github/workflows/ci.yml": workflow("true") };
  const sha = gate.developer.editFiles("acme/api", files, { message: "cancelled" });
  await vi.waitUntil(() => gate.platform.actions.runs().length === 1);
  const github = gitHubAs(gate.platform, "admin");
  const { id } = gate.platform.actions.runs()[0] as Run;
  await github(`POST /repos/acme/api/actions/runs/${id}/cancel`);
  gate.platform.actions.releaseQueue();
  await gate.platform.actions.idle();
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: expect.stringMatching(/^its run ended with cancelled/),
  });
  await gate.publish(sha);
  const sleep = async () => gate.platform.actions.idle();
  const clock = { now: () => 0, sleep };
  const again = await gate.wait({ commit: sha, credential: false }, { repeatFailed: true, clock });
  expect(again).toMatchObject({ state: "healthy" });
});

test("an answer that says nothing about the repository is no failure of it: GitHub is asked again", async () => {
  const sha = await gate.commit("true");
  await gate.publish(sha);
  const page = { kind: "answer", status: 200, body: "<html>" } as const;
  gate.platform.faults.inject({ path: "/actions/workflows/ci.yml/runs", times: 3 }, page);
  const said: string[] = [];
  const onResult = ({ detail = "" }) => void said.push(detail);
  expect(await gate.wait({ commit: sha, credential: false }, { onResult })).toMatchObject({
    state: "healthy",
  });
  expect(said).toContainEqual(expect.stringMatching(/^asking again: the answer to GET /));
});

test("where GitHub's settings forbid runs, nobody waits for one", async () => {
  const { world, actions } = gate.platform;
  const off = world.repository("acme/api");
  off.actions.enabled = false;
  const sha = await gate.commit("true");
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: "GitHub Actions is off in this repository: switch it on in its settings, under Actions",
  });
  off.actions.enabled = true;
  await gate.commit("true");
  expect(actions.runs()).toHaveLength(1);
  const github = createGitHubClient({
    baseUrl: gate.platform.url,
    token: world.tokenValue("admin"),
  });
  await github.request("PUT /repos/acme/api/actions/workflows/ci.yml/disable");
  const last = await gate.commit("true");
  expect(await gate.wait({ commit: last, credential: false })).toMatchObject({
    state: "failed",
    detail: "ci.yml is disabled manually in this repository: enable it on its Actions page",
  });
});

test("a run that many later ones pushed off the list is found by its commit", async () => {
  const sha = await gate.commit("true");
  await gate.publish(sha);
  for (let number = 0; number < 11; number += 1) await gate.commit(`exit ${number + 1}`);
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({ state: "failed" });
  await gate.publish(await gate.commit("true"));
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({ state: "healthy" });
});

test("where the stack's commit is not known, only runs from the branch's head on are proof", async () => {
  await gate.publish(await gate.commit("true"));
  gate.developer.editFiles("acme/api", { Dockerfile: "FROM scratch\n" }, { message: "[skip ci]" });
  await gate.platform.actions.idle();
  expect(await gate.wait({ credential: false })).toMatchObject({
    state: "failed",
    detail: "no image after 1 min: no run of ci.yml yet",
  });
  await gate.publish(await gate.commit("exit 0"));
  expect(await gate.wait({ credential: false })).toMatchObject({ state: "healthy" });
});

test("the larger the wave, the longer the pauses: a look at each repository a second, at most", async () => {
  const pauses: number[] = [];
  let now = 0;
  const clock = {
    now: () => now,
    sleep: async (pause: number) => void pauses.push(pause, (now += pause)),
  };
  const proof = { commit: "0".repeat(40), credential: false };
  const names = Array.from({ length: 20 }, (_, index) => `r-${index}`);
  const candidates = names.map((name) => candidate(name, proof));
  await gate.platform.close();
  gate = await startHealthGate(names);
  await gate.wait(proof, { candidates, clock, gates: 3, timeoutMinutes: 1 });
  expect(pauses[0]).toBe(60_000);
});
