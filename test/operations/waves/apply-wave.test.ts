import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent, UpOptions } from "@pulumi/pulumi/automation/index.js";
import type { Simulator } from "github-simulator";
import picocolors from "picocolors";
import { expect, onTestFinished, test } from "vitest";
import { parseFleetConfig } from "../../../src/fleet/load-fleet-config.ts";
import type { Fleet } from "../../../src/fleet/fleet.ts";
import { applyWave } from "../../../src/operations/waves/apply-wave.ts";
import { createProgress } from "../../../src/operations/waves/progress.ts";
import type { Proof } from "../../../src/operations/waves/journal.ts";
import { warnOnce, type RolloutEvent } from "../../../src/operations/waves/rollout-event.ts";
import type { WavesContext } from "../../../src/operations/waves/waves-context.ts";
import { rolloutLines } from "../../../src/report/rollout/rollout-lines.ts";
import { gitHubAs } from "../../support/github-as.ts";
import { change, types, urnOf } from "../support/change.ts";
import { candidate, publisher, startHealthGate } from "./start-health-gate.ts";

/** A wave whose files wait in a pull request, as a rollout that is resumed finds it. */
async function inPullRequest() {
  const { platform, developer } = await startHealthGate();
  onTestFinished(() => platform.close());
  const github = gitHubAs(platform, "admin");
  const sha = platform.world.repository("acme/api").refs.get("refs/heads/main");
  const head = "ghcr-fleet/publishing";
  await github("POST /repos/acme/api/git/refs", { ref: `refs/heads/${head}`, sha });
  const files = { ".github/workflows/ci.yml": publisher("true") };
  developer.editFiles("acme/api", files, { branch: head });
  await github("POST /repos/acme/api/pulls", { title: "ci: publish", head, base: "main" });
  const pullRequestUrl = "https://github.com/acme/api/pull/1";
  const wave = await inWave(platform, { credential: false, pullRequestUrl });
  return { ...wave, platform, merge: () => github("PUT /repos/acme/api/pulls/1/merge", {}) };
}

const wave = { name: "canary", repositories: ["api"] };

/** A wave in which acme/api has to publish, and nothing is left to write. */
async function inWave(platform: Simulator, proof: Proof) {
  const events: RolloutEvent[] = [];
  const journal = join(await mkdtemp(join(tmpdir(), "ghcr-fleet-test-")), "journal.json");
  /** @param refused repositories that the update could not write */
  const run = (
    waitsForMerges: boolean,
    refused: readonly string[] = [],
    steps?: readonly object[],
  ) => {
    let now = 0;
    const context = {
      stack: {
        name: "acme",
        settings: parseFleetConfig(
          JSON.stringify({ repositories: [{ name: "api" }], healthGate: { timeoutMinutes: 1 } }),
          false,
        ),
        connection: {
          owner: "acme",
          baseUrl: platform.url,
          token: platform.world.tokenValue("admin"),
        },
        registryUrl: platform.registryUrl,
        engine: {
          name: "acme",
          folder: import.meta.dirname,
          environment: {},
          automation: async () => ({
            up: async ({ onEvent }: UpOptions) =>
              steps?.forEach((event) => onEvent?.(event as EngineEvent)),
          }),
          run: async () => "{}",
        },
      },
      gate: true,
      waitsForMerges,
      gates: 1,
      clock: {
        now: () => now,
        async sleep(pause: number) {
          await platform.actions.idle();
          now += pause;
        },
      },
      stop: new AbortController().signal,
      report: warnOnce((event: RolloutEvent) => void events.push(event)),
    } as unknown as WavesContext;
    const { repository } = candidate("api", proof);
    const fleet = {
      owner: "acme",
      secret: { scope: "organization", name: "GHCR_PAT" },
      repositories: [repository],
    } as unknown as Fleet;
    const progress = createProgress(context, fleet);
    progress.useJournal(journal, undefined);
    for (const name of refused) {
      const detail = "GitHub answered 403";
      progress.record(wave, { repository: name, state: "failed", detail });
    }
    return applyWave(progress, {
      wave,
      changes: steps ? [change("create", types.publishing, "api")] : [],
      engine: {},
      proofs: new Map([["api", proof]]),
      pat: platform.world.tokenValue("publisher"),
      repeatFailed: true,
      stopsOnFailure: false,
      failuresAllowed: 0,
    });
  };
  const unproved = async () =>
    (JSON.parse(await readFile(journal, "utf8")) as { unproved: object }).unproved;
  const endOfWave = () => events.findLast(({ type }) => type === "wave-ended");
  return { run, unproved, events, endOfWave };
}

test("what the update warns of stays on the screen, once, and without what is said of the pull request", async () => {
  const { platform } = await startHealthGate();
  onTestFinished(() => platform.close());
  const { run, events } = await inWave(platform, { credential: false });
  const pullRequestUrl = "https://github.com/acme/api/pull/1";
  const urn = urnOf(types.publishing, "api");
  const metadata = {
    op: "create",
    type: types.publishing,
    urn,
    new: { inputs: {}, outputs: { pullRequestUrl } },
  };
  const label = 'acme/api has no label "ci": create it';
  const warnings = [
    label,
    label,
    `merge ${pullRequestUrl} to add the files; main itself was not written to`,
  ];
  await run(
    false,
    [],
    [
      { resOutputsEvent: { metadata } },
      ...warnings.map((message) => ({ diagnosticEvent: { severity: "warning", message, urn } })),
    ],
  );
  expect(events.filter(({ type }) => type === "warning")).toEqual([
    { stack: "acme", type: "warning", message: `api: ${label}` },
  ]);
});

test("a wave whose pull requests are not merged in time stops, with what waits, and goes on after the merge", async () => {
  const { run, unproved, merge, endOfWave } = await inPullRequest();
  expect(await run(true)).toEqual({
    outcome: "stopped",
    wave: "canary",
    reasons: [
      "a pull request of the wave has to be merged first (--no-wait-for-merges goes on without)",
    ],
    repositories: {
      api: {
        repository: "api",
        wave: "canary",
        state: "merge",
        detail: "its pull request waits for somebody to merge it",
        url: "https://github.com/acme/api/pull/1",
      },
    },
  });
  expect(Object.keys(await unproved())).toEqual(["api"]);
  expect(endOfWave()).toMatchObject({ failed: 0, waiting: 1 });
  await merge();
  expect(await run(true)).toBeUndefined();
  expect(await unproved()).toEqual({});
  expect(endOfWave()).toMatchObject({ failed: 0, waiting: 0 });
});

test("an admin token that expires at the gate is no repository's failure: the wave goes on with another one", async () => {
  const { platform, run, unproved } = await inPullRequest();
  const { expiresAt } = platform.world.state.tokens.get("admin")!;
  platform.world.state.tokens.get("admin")!.expiresAt = new Date(0).toISOString();
  expect(await run(true)).toMatchObject({
    outcome: "failed",
    wave: "canary",
    reasons: [expect.stringMatching(/^cannot check whether api publishes: GitHub answered 401/)],
    repositories: { api: { state: "waiting" } },
  });
  expect(Object.keys(await unproved())).toEqual(["api"]);
  platform.world.state.tokens.get("admin")!.expiresAt = expiresAt;
  expect(await run(true)).toMatchObject({ outcome: "stopped" });
});

test("a wave that does not wait for merges lists them, and ends", async () => {
  const { run, unproved } = await inPullRequest();
  expect(await run(false)).toBeUndefined();
  expect(await unproved()).toEqual({});
});

test("only what the gate found stops a wave by the health gate, and not what could not be written", async () => {
  const { platform, commit, publish } = await startHealthGate();
  onTestFinished(() => platform.close());
  const colors = picocolors.createColors(false);
  const linesOf = (end: Awaited<ReturnType<typeof applyWave>>) =>
    end && rolloutLines({ stack: "acme", type: "ended", of: "rollout", ...end }, colors).join("\n");

  const broken = await inWave(platform, { credential: false, commit: await commit("exit 1") });
  const unhealthy = await broken.run(true);
  expect(unhealthy).toMatchObject({ outcome: "unhealthy", wave: "canary" });
  expect(linesOf(unhealthy)).toContain(
    "stopped by the health gate in wave canary: later waves are unchanged",
  );

  const sha = await commit("true");
  await publish(sha);
  const sound = await inWave(platform, { credential: false, commit: sha });
  const refused = await sound.run(true, ["web"]);
  expect(refused).toMatchObject({
    outcome: "failed",
    repositories: { api: { state: "healthy" }, web: { state: "failed" } },
  });
  expect(linesOf(refused)).not.toContain("health gate");
});
