import { expect, onTestFinished, test } from "vitest";
import { parseFleetConfig } from "../../../src/fleet/load-fleet-config.ts";
import {
  openRotation,
  type RotationContext,
} from "../../../src/operations/rotation/credential-step.ts";
import type { RolloutEvent } from "../../../src/operations/waves/rollout-event.ts";
import { rotateStacks } from "../../../src/operations/rotation/rotate-stacks.ts";
import type { PatSources } from "../../../src/pat/pat-source.ts";
import { rotate } from "../../../src/operations/rotation/rotate.ts";
import { publisher, startHealthGate } from "../waves/start-health-gate.ts";

/** A trial of acme/api that is applied: the engine has nothing to change. */
async function inTrial(image: string, patSources: PatSources = {}) {
  const { platform, developer } = await startHealthGate();
  onTestFinished(() => platform.close());
  const release = publisher("true", "{ release: { types: [published] } }");
  developer.editFiles("acme/api", {
    ".github/workflows/ci.yml": release.replace("ghcr.io/acme/api:latest", image),
  });
  const stored: string[] = [];
  const stack = {
    name: "acme",
    settings: parseFleetConfig(JSON.stringify({ repositories: [{ name: "api" }] }), false),
    connection: {
      owner: "acme",
      baseUrl: platform.url,
      token: platform.world.tokenValue("admin"),
      tokenFrom: "environment",
    },
    registryUrl: platform.registryUrl,
    engine: { automation: async () => ({ preview: async () => {} }) },
    pat: platform.world.tokenValue("former"),
    nextPat: platform.world.tokenValue("publisher"),
    patSources,
  };
  const planned: (readonly string[])[] = [];
  const ends: unknown[] = [];
  const contextOf = (gate: boolean, confirmed: boolean) =>
    ({
      stack,
      gate,
      gates: 1,
      packs: {},
      clock: { now: () => Date.now(), sleep: async () => {} },
      stop: new AbortController().signal,
      report: (event: RolloutEvent) => {
        if (event.type === "rotation-planned") planned.push(event.steps);
        if (event.type === "ended") ends.push(event);
      },
      confirm: async () => confirmed,
      storePat: async (key: string) => void stored.push(key),
    }) as unknown as RotationContext;
  const request = { kind: "resume" } as const;
  return {
    resume: async (gate: boolean, confirmed = true) =>
      rotate(await openRotation(contextOf(gate, confirmed)), request),
    decline: () => rotateStacks([contextOf(true, false)], { request, revoke: false }),
    ends,
    stored,
    planned,
  };
}

test("a trial in which nothing is proven promotes nothing, unless no proof is asked for", async () => {
  const { resume, stored } = await inTrial("ghcr.io/acme/${{ vars.IMAGE }}");
  expect(await resume(true)).toMatchObject({
    outcome: "stopped",
    wave: "trial",
    reasons: [
      "the trial proved nothing, so the fleet keeps the old PAT: nothing shows whether api can publish with the new one",
      "name the images to verify in images, or check by hand and continue with --resume --no-health-gate",
    ],
    repositories: { api: { state: "unproven" } },
  });
  expect(stored).toEqual([]);
  expect(await resume(false)).toMatchObject({ outcome: "done" });
  expect(stored).toEqual(["previousPat", "pat", "nextPat"]);
});

test("a trial in which a repository publishes gives the new PAT to all", async () => {
  const { resume, stored } = await inTrial("ghcr.io/acme/api:latest");
  expect(await resume(true)).toMatchObject({ outcome: "done" });
  expect(stored).toEqual(["previousPat", "pat", "nextPat"]);
});

test("what follows is shown first, and nothing is stored without a yes", async () => {
  const { resume, stored, planned } = await inTrial("ghcr.io/acme/api:latest");
  expect(await resume(true, false)).toMatchObject({ outcome: "declined" });
  expect(stored).toEqual([]);
  expect(planned).toEqual([
    [
      "write the new PAT into the repository secret GHCR_PAT of api, and wait until api publishes with it",
      "overwrite the organisation's secret GHCR_PAT with the new PAT, for the fleet's 1 repository",
      "delete the repository secret GHCR_PAT of api, and wait until api publishes with it",
      "leave the old PAT valid, until `ghcr-fleet rotate acme --revoke-only`",
    ],
  ]);
});

test.each<[sources: PatSources, option: string]>([
  [{}, ""],
  [
    { pat: { env: "GHCR_FLEET_PAT_B" }, nextPat: { env: "GHCR_FLEET_PAT" } },
    " --from-env GHCR_FLEET_PAT",
  ],
])("what is not done ends with the command for another PAT: %j", async (sources, option) => {
  const { decline, ends } = await inTrial("ghcr.io/acme/api:latest", sources);
  await decline();
  expect(ends).toMatchObject([{ outcome: "declined", again: `ghcr-fleet rotate acme${option}` }]);
});
