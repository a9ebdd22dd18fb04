import { afterEach, beforeEach, expect, test } from "vitest";
import { createGitHubClient } from "../../src/github/github-client.ts";
import { waitForHealth, type HealthGateOptions } from "../../src/rollout/health-gate.ts";
import type { Proof } from "../../src/rollout/journal.ts";
import type { RepositoryResult } from "../../src/rollout/rollout-event.ts";
import { byHand, parseSeed, type ByHand } from "../../simulator/index.ts";
import { startPlatform, type Platform } from "../../simulator/platform/start-platform.ts";
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
    detail: `api:sha-${sha.slice(0, 7)} is not in the registry, after 1 min`,
  });
  expect(await wait({ commit: "0".repeat(40), credential: false })).toMatchObject({
    state: "failed",
    detail: "no run of ci.yml yet, after 1 min",
  });
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
