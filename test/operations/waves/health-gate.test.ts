import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { candidate, startHealthGate, workflow, type HealthGate } from "./start-health-gate.ts";
import { gitHubAs } from "../../support/github-as.ts";

let gate: HealthGate;
beforeEach(async () => {
  gate = await startHealthGate();
});
afterEach(() => gate.platform.close());

test("a commit whose image is in the registry is healthy", async () => {
  const sha = await gate.commit("true");
  await gate.publish(sha);
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "healthy",
    detail: `published api:sha-${sha.slice(0, 7)}`,
  });
});

test("a failed run names job and step, unless a later commit publishes", async () => {
  const sha = await gate.commit("exit 3");
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: 'its run ended with failure, job "Build the image", step "Build"',
    url: expect.stringContaining("/acme/api/actions/runs/"),
  });
  const later = await gate.commit("true");
  await gate.publish(later);
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({ state: "healthy" });
});

test("a run that had to fall back to its own token does not prove the secret", async () => {
  const files = {
    ".github/workflows/ci.yml": workflow("true").replace(
      "name: Build\n",
      "name: Name the refused credential\n",
    ),
  };
  const sha = gate.developer.editFiles("acme/api", files, { message: "Fall back" });
  await gate.platform.actions.idle();
  await gate.publish(sha);
  expect(await gate.wait({ commit: sha, credential: false })).toMatchObject({
    state: "failed",
    detail: "ghcr.io refused the secret: the image was published with the job's own token",
  });
});

test("for a credential alone the last run is repeated, or the workflow dispatched", async () => {
  const { actions } = gate.platform.world.repository("acme/api");
  actions.enabled = false;
  await gate.commit("false");
  actions.enabled = true;
  expect(await gate.wait({ credential: true })).toMatchObject({
    state: "failed",
    detail: expect.stringContaining("has no run of ci.yml to repeat"),
  });
  const pullRequestUrl = "https://github.com/acme/api/pull/1";
  expect(await gate.wait({ credential: true, pullRequestUrl })).toMatchObject({
    state: "merge",
    url: pullRequestUrl,
  });
  await gate.publish(await gate.commit("true"));
  const runs = () =>
    gate.platform.actions.runs().map(({ event, attempt }) => `${event.name} ${attempt}`);
  // The gate's time passes faster than the runner's: look until the repetition is over.
  const clock = { now: () => 0, sleep: () => gate.platform.actions.idle() };
  expect(await gate.wait({ credential: true }, { clock })).toMatchObject({ state: "healthy" });
  expect(runs()).toEqual(["push 2"]);
  expect(await gate.wait({ credential: true }, { clock, dispatch: "ci.yml" })).toMatchObject({
    state: "healthy",
    detail: "its run succeeded",
  });
  expect(runs()).toEqual(["push 2", "workflow_dispatch 1"]);
});

test("a repetition that does not show yet is waited for: the run before it proves nothing", async () => {
  const done = join(tmpdir(), `ghcr-fleet-${crypto.randomUUID()}`);
  await gate.publish(await gate.commit(`test ! -e ${done} && touch ${done}`));
  const [run] = gate.platform.actions.runs();
  const path = `/repos/acme/api/actions/runs/${run!.id}`;
  const shown = await gitHubAs(gate.platform, "admin")(`GET ${path}`);
  gate.platform.faults.inject(
    { method: "GET", path: new RegExp(`${path}$`), times: 1 },
    {
      kind: "answer",
      status: 200,
      body: shown.text,
      headers: { "content-type": "application/json" },
    },
  );
  const clock = { now: () => 0, sleep: () => gate.platform.actions.idle() };
  expect(await gate.wait({ credential: true }, { clock })).toMatchObject({
    state: "failed",
    detail: expect.stringContaining("its run ended with failure"),
  });
  await rm(done);
});

test("while its files wait in a pull request, what fails as before is no failure, and tags are free", async () => {
  const pullRequestUrl = "https://github.com/acme/api/pull/1";
  const proof = { credential: true, pullRequestUrl };
  await gate.commit("false");
  expect(await gate.wait(proof)).toMatchObject({ state: "merge", url: pullRequestUrl });
  const runs = gate.platform.actions.runs().length;
  await gate.commit("true");
  expect(await gate.wait(proof)).toMatchObject({ state: "merge", url: pullRequestUrl });
  expect(gate.platform.actions.runs().length).toBe(runs + 1);

  const broken = "/tmp/ghcr-fleet-" + crypto.randomUUID();
  await gate.commit(`test ! -e ${broken} && touch ${broken}`);
  expect(await gate.wait(proof)).toMatchObject({ state: "failed" });
  await rm(broken);
});

test("a run that began before the credential changed proves nothing: it is repeated when it is over", async () => {
  await gate.publish(await gate.commit("true"));
  gate.platform.actions.holdQueue();
  const sha = gate.developer.editFiles("acme/api", { "a.txt": "a" }, { message: "Go on" });
  await expect.poll(() => gate.platform.actions.runs().length).toBe(2);
  await gate.publish(sha);
  const said: string[] = [];
  const result = await gate.wait(
    { credential: true },
    {
      clock: {
        now: () => 0,
        async sleep() {
          gate.platform.actions.releaseQueue();
          await gate.platform.actions.idle();
        },
      },
      onResult: ({ detail = "" }) => said.push(detail),
    },
  );
  expect(result).toMatchObject({ state: "healthy" });
  expect(said).toContain("an earlier run is still running");
  expect(gate.platform.actions.runs().map(({ attempt }) => attempt)).toEqual([1, 2]);
});

test("a run that GitHub does not repeat fails with its reason and what helps", async () => {
  await gate.publish(await gate.commit("true"));
  const message = "Unable to retry this workflow run because it was created over a month ago";
  gate.platform.faults.inject(
    { path: "/rerun" },
    {
      kind: "answer",
      status: 403,
      body: JSON.stringify({ message }),
      headers: { "content-type": "application/json" },
    },
  );
  expect(await gate.wait({ credential: true })).toMatchObject({
    state: "failed",
    detail: `its last run of ci.yml cannot be repeated (${message}); push a commit, or set fleet.healthGate.dispatch`,
  });
});

test("a repository that moves to the job's own token fails where its access was withdrawn since", async () => {
  await gate.publish(await gate.commit("true"));
  const { byHand } = gate.platform.registry;
  const moved = candidate("api", { credential: true });
  const candidates = [
    { ...moved, repository: { ...moved.repository, credential: "job-token" } as const },
  ];
  // Nobody has the secret any more, so that the repeated run falls back.
  gate.platform.world.findOrganisation("acme")?.secrets.secrets.delete("GHCR_PAT");
  let now = 0;
  const clock = {
    now: () => now,
    async sleep(pause: number) {
      now += pause;
      await gate.platform.actions.idle();
    },
  };
  byHand.linkRepository("acme", "api", "api");
  byHand.grantActionsAccess("acme", "api", "api", "write");
  expect(await gate.wait({ credential: true }, { candidates, clock })).toMatchObject({
    state: "healthy",
  });
  byHand.grantActionsAccess("acme", "api", "api", "read");
  expect(await gate.wait({ credential: true }, { candidates, clock })).toMatchObject({
    state: "failed",
    detail: expect.stringContaining("its run ended with failure"),
  });
});
