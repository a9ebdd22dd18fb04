import { expect, test } from "vitest";
import type { Fleet } from "../../../src/fleet/fleet.ts";
import { createProgress } from "../../../src/operations/waves/progress.ts";
import type { WavesContext } from "../../../src/operations/waves/waves-context.ts";
import type { EngineRun } from "../../../src/stack/run-engine.ts";

const context = {
  stack: { name: "acme" },
  report: () => {},
  stop: new AbortController().signal,
} as unknown as WavesContext;
const nothing = { failures: [], written: [] } as unknown as EngineRun;
const canary = { name: "canary", repositories: ["web"] };
const rest = { name: "rest", repositories: ["api"] };

test("a later wave of the engine leaves the result of an earlier one as it is", async () => {
  const progress = createProgress(context, {} as Fleet);
  progress.record(canary, { repository: "web", state: "merge" });
  // The engine updates its open pull request again.
  for (const repository of ["web", "api"]) progress.begin(rest, repository);
  await progress.take(rest, nothing, new Map());
  expect(progress.end("done").repositories).toEqual({
    api: { repository: "api", wave: "rest", state: "applied" },
    web: { repository: "web", wave: "canary", state: "merge" },
  });
});

test("a repository that leaves the fleet is applied with the last wave", async () => {
  const progress = createProgress(context, {} as Fleet);
  progress.begin(rest, "gone");
  await progress.take(rest, nothing, new Map());
  expect(progress.end("done").repositories).toMatchObject({ gone: { state: "applied" } });
});

test("the gate looks at each pull request, because it may be merged already, also where nothing waits for merges", async () => {
  const pullRequestUrl = "https://github.com/acme/api/pull/1";
  const written = [{ repository: "api", commit: undefined, declined: undefined, pullRequestUrl }];
  const proofs = new Map([["api", { credential: false }]]);
  const progress = createProgress({ ...context, gate: true, waitsForMerges: false }, {} as Fleet);
  await progress.expect(rest, proofs);
  await progress.take(rest, { ...nothing, written }, proofs);
  expect(progress.proofOf("api")).toEqual({ credential: false, pullRequestUrl });
});
