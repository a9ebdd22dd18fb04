import type {
  EngineEvent,
  PreviewOptions,
  RefreshOptions,
} from "@pulumi/pulumi/automation/index.js";
import { expect, onTestFinished, test } from "vitest";
import type { SecretScope } from "../../../src/fleet/fleet.ts";
import { parseFleetConfig } from "../../../src/fleet/load-fleet-config.ts";
import {
  openRotation,
  proveStep,
  type RotationContext,
} from "../../../src/operations/rotation/credential-step.ts";
import type { RolloutEvent } from "../../../src/operations/waves/rollout-event.ts";
import { rotateStacks } from "../../../src/operations/rotation/rotate-stacks.ts";
import type { PatSources } from "../../../src/pat/pat-source.ts";
import type { OpenStack } from "../../../src/stack/open-stack.ts";
import { rotate } from "../../../src/operations/rotation/rotate.ts";
import { publisher, startHealthGate } from "../waves/start-health-gate.ts";

interface Given {
  readonly image?: string;
  readonly patSources?: PatSources;
  readonly scope?: "environment";
  /** Whose secrets the state has. */
  readonly recorded?: readonly SecretScope[];
  /** A repository that the next update removes from the stack. */
  readonly gone?: string;
}

/** A trial of acme/api that is applied: the engine has nothing to change. */
async function inTrial({
  image = "ghcr.io/acme/api:latest",
  patSources = {},
  scope,
  recorded = [],
  gone,
}: Given) {
  const { platform, developer } = await startHealthGate();
  onTestFinished(() => platform.close());
  const release = publisher("true", "{ release: { types: [published] } }");
  developer.editFiles("acme/api", {
    ".github/workflows/ci.yml": release.replace("ghcr.io/acme/api:latest", image),
  });
  const { id } = platform.world.repository("acme/api");
  const common = { owner: "acme", repository: "api" };
  const publishing = {
    type: "ghcr:index:RepositoryPublishing",
    urn: "urn:pulumi:acme::acme::ghcr:index:RepositoryPublishing::api",
    outputs: { ...common, branch: "main", packages: [] },
  };
  const secrets = recorded.map((each) => ({
    type: "ghcr:index:RegistrySecret",
    urn: `urn:${each}`,
    outputs: {
      ...(each === "organization" ? { owner: "acme", repositories: { api: id } } : common),
      ...(each === "environment" && { environment: "release" }),
      scope: each,
      name: "GHCR_PAT",
    },
  }));
  const stored: string[] = [];
  const refreshed: unknown[] = [];
  const stack = {
    name: "acme",
    settings: parseFleetConfig(
      JSON.stringify({ repositories: [{ name: "api" }], secret: { scope } }),
      false,
    ),
    connection: {
      owner: "acme",
      baseUrl: platform.url,
      token: platform.world.tokenValue("admin"),
      tokenFrom: "environment",
    },
    registryUrl: platform.registryUrl,
    engine: {
      folder: import.meta.dirname,
      environment: {},
      automation: async () => ({
        preview: async ({ onEvent }: Pick<PreviewOptions, "onEvent">) => {
          const { type } = publishing;
          const metadata = { op: "delete", type, urn: `urn:pulumi:acme::acme::${type}::${gone}` };
          if (gone !== undefined) onEvent?.({ resOutputsEvent: { metadata } } as EngineEvent);
        },
        refresh: async ({ target, runProgram, onEvent }: RefreshOptions) => {
          refreshed.push({ target, runProgram });
          const diagnosticEvent = { severity: "info", message: "GitHub's budget is used up" };
          onEvent?.({ diagnosticEvent } as EngineEvent);
        },
      }),
      run: async () => JSON.stringify({ deployment: { resources: [publishing, ...secrets] } }),
    },
    pat: platform.world.tokenValue("former"),
    nextPat: platform.world.tokenValue("publisher"),
    patSources,
  };
  const planned: (readonly string[])[] = [];
  const ends: unknown[] = [];
  const said: string[] = [];
  const contextOf = (gate: boolean, confirmed: boolean, more: Partial<OpenStack> = {}) =>
    ({
      stack: { ...stack, ...more },
      gate,
      gates: 1,
      packs: {},
      clock: { now: () => Date.now(), sleep: async () => {} },
      stop: new AbortController().signal,
      report: (event: RolloutEvent) => {
        if (event.type === "rotation-planned") planned.push(event.steps);
        if (event.type === "ended") ends.push(event);
        if (event.type === "status") said.push(event.message);
      },
      confirm: async () => confirmed,
      storePat: async (key: string) => void stored.push(key),
    }) as unknown as RotationContext;
  const request = { kind: "resume" } as const;
  return {
    platform,
    developer,
    open: () => openRotation(contextOf(true, true)),
    async begin() {
      const context = contextOf(true, true, { nextPat: undefined });
      return rotate(await openRotation(context), { kind: "begin", pat: stack.nextPat });
    },
    resume: async (gate: boolean, confirmed = true) =>
      rotate(await openRotation(contextOf(gate, confirmed)), request),
    revokeOnly: (previousPat?: string) => {
      const settings = { request: undefined, revoke: true };
      return rotateStacks([contextOf(true, true, { nextPat: undefined, previousPat })], settings);
    },
    pat: stack.pat,
    decline: () => rotateStacks([contextOf(true, false)], { request, revoke: false }),
    ends,
    stored,
    refreshed,
    said,
    planned,
  };
}

test("a trial in which nothing is proven promotes nothing, unless no proof is asked for", async () => {
  const { resume, stored } = await inTrial({ image: "ghcr.io/acme/${{ vars.IMAGE }}" });
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
  const { resume, stored } = await inTrial({});
  expect(await resume(true)).toMatchObject({ outcome: "done" });
  expect(stored).toEqual(["previousPat", "pat", "nextPat"]);
});

test("a trial that goes on compares its secrets with GitHub: without one, the run would try the old PAT", async () => {
  const { resume, refreshed, said } = await inTrial({ recorded: ["organization", "repository"] });
  await resume(true);
  // The admin token of the last update may be invalid by now: the program brings the one of today.
  expect(refreshed).toEqual([{ target: ["urn:repository"], runProgram: true }]);
  expect(said).toEqual(["GitHub's budget is used up"]);
});

test("a secret of the stack's own, which a failed withdrawal left, is in no other trial's way", async () => {
  const { begin, developer, stored } = await inTrial({ recorded: ["organization", "repository"] });
  developer.setSecret({ scope: "repository", repository: "acme/api" }, "GHCR_PAT", "of a trial");
  expect(await begin()).toMatchObject({ outcome: "done" });
  expect(stored[0]).toBe("nextPat");
});

test("what failed within the budget of an earlier wave does not end the rotation: the canary is proved", async () => {
  const { open } = await inTrial({});
  const rotation = await open();
  const early = { name: "early", repositories: ["web"] };
  rotation.progress.record(early, { repository: "web", state: "failed" });
  expect(await proveStep(rotation, { name: "proof", proves: () => ["api"] })).toBeUndefined();
  expect(rotation.progress.isHealthy("api")).toBe(true);
});

test("a repository that left the fleet has to leave the stack first: the engine changes no token that it depends on", async () => {
  const { resume, stored } = await inTrial({ gone: "billing" });
  expect(await resume(true)).toMatchObject({
    outcome: "failed",
    reasons: [
      "no update has applied yet that billing left the fleet, or got another name or credential, and the engine changes no PAT before: run `ghcr-fleet rollout acme` first",
    ],
  });
  expect(stored).toEqual([]);
});

test("what follows is shown first, and nothing is stored without a yes", async () => {
  const { resume, stored, planned } = await inTrial({});
  expect(await resume(true, false)).toMatchObject({ outcome: "declined" });
  expect(stored).toEqual([]);
  expect(planned).toEqual([
    [
      "wave trial: write the new PAT into the repository secret GHCR_PAT of api, and wait until api publishes with it",
      "wave organization: overwrite the organisation's secret GHCR_PAT with the new PAT, for the fleet's 1 repository",
      "wave end of trial: delete the repository secret GHCR_PAT of api",
      "wave proof: wait until api publishes with the organisation's secret",
      "leave the old PAT valid, until `ghcr-fleet rotate acme --revoke-only`",
    ],
  ]);
});

test("that nothing tries the new PAT is said before the yes", async () => {
  const unknown = await inTrial({});
  await unknown.resume(false, false);
  expect(unknown.planned[0]?.[0]).toBe(
    "wave trial: write the new PAT into the repository secret GHCR_PAT of api; nothing tries it there, because --no-health-gate waits for no run",
  );
  const inEnvironment = await inTrial({ scope: "environment" });
  await inEnvironment.resume(true, false);
  expect(inEnvironment.planned[0]?.slice(0, -1)).toEqual([
    "wave trial: write the new PAT into the environment secret GHCR_PAT of api; nothing tries it there, because only a run that deploys to the environment gets it: name a workflow that does in healthGate.dispatch",
    "wave canary: api keeps the new PAT",
  ]);
});

test.each<[sources: PatSources, option: string]>([
  [{}, ""],
  [
    { pat: { env: "GHCR_FLEET_PAT_B" }, nextPat: { env: "GHCR_FLEET_PAT" } },
    " --from-env GHCR_FLEET_PAT",
  ],
])("what is not done ends with the command for another PAT: %j", async (sources, option) => {
  const { decline, ends } = await inTrial({ patSources: sources });
  await decline();
  expect(ends).toMatchObject([{ outcome: "declined", again: `ghcr-fleet rotate acme${option}` }]);
});

test("what only revokes the old PAT ends as that, and not as a second rotation", async () => {
  const { revokeOnly, pat, ends } = await inTrial({});
  await revokeOnly();
  await expect(revokeOnly(pat)).rejects.toThrow("acme still publishes with it");
  expect(ends).toMatchObject([
    { of: "revocation", outcome: "done" },
    { of: "revocation", outcome: "failed" },
  ]);
});

const toEnvironment = { scope: "environment", recorded: ["organization"] } as const;

test("a move to an environment that waits: a secret that a person wrote is not overwritten", async () => {
  const { platform, developer, begin, stored } = await inTrial(toEnvironment);
  const ofApi = { scope: "repository", repository: "acme/api" } as const;
  developer.setSecret(ofApi, "GHCR_PAT", "by hand");
  await expect(begin()).rejects.toThrow(
    "acme/api has a secret GHCR_PAT of the repository's own, which hides the organisation's",
  );
  expect(platform.world.secretValue(ofApi, "GHCR_PAT")).toBe("by hand");
  expect(stored).toEqual([]);
});

test("a move to an environment that waits: the trial is one of the organisation's secret", async () => {
  const { resume, planned } = await inTrial(toEnvironment);
  expect(await resume(true)).toMatchObject({
    outcome: "done",
    repositories: { api: { state: "healthy" } },
  });
  expect(planned[0]).toEqual([
    "wave trial: write the new PAT into the repository secret GHCR_PAT of api, and wait until api publishes with it",
    "wave organization: overwrite the organisation's secret GHCR_PAT with the new PAT, for the fleet's 1 repository",
    "wave end of trial: delete the repository secret GHCR_PAT of api",
    "wave proof: wait until api publishes with the organisation's secret",
    "leave the old PAT valid, until `ghcr-fleet rotate acme --revoke-only`",
  ]);
});

test.each<[recorded: readonly SecretScope[], credential: string, deploys?: boolean]>([
  [["organization"], "organization"],
  // As in a trial.
  [["organization", "repository"], "organization"],
  [["repository"], "repository"],
  [["organization", "environment"], "environment"],
  [[], "environment"],
  [["organization"], "environment", true],
])("a rotation opens with the secrets that repositories keep: %j, %s", async (...given) => {
  const [recorded, credential, deploys = false] = given;
  const { developer, open } = await inTrial({ scope: "environment", recorded });
  if (deploys) {
    const release = publisher("true").replace("    steps:", "    environment: release\n    steps:");
    developer.editFiles("acme/api", { ".github/workflows/ci.yml": release });
  }
  const { fleet, canary } = await open();
  expect(fleet.repositories).toMatchObject([{ name: "api", credential }]);
  expect(canary).toEqual(fleet.repositories);
});
