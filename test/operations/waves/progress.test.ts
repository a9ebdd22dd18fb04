import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Fleet } from "../../../src/fleet/fleet.ts";
import type { Clock } from "../../../src/operations/waves/health-gate.ts";
import { journalPath, readJournal } from "../../../src/operations/waves/journal.ts";
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

test("what failed within the budget is kept for the next rollout, and nothing else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-progress-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = journalPath(folder, "acme");
  const start = async () => {
    const progress = createProgress({ ...context, clock: { now: () => 0 } as Clock }, {} as Fleet);
    progress.useJournal(file, await readJournal(file, "acme"));
    await progress.expect(
      rest,
      new Map([
        ["api", { credential: false }],
        ["web", { credential: true }],
      ]),
    );
    return progress;
  };
  const first = await start();
  first.record(rest, { repository: "api", state: "failed" });
  first.record(rest, { repository: "web", state: "unproven" });
  await first.finish();
  expect(await readJournal(file, "acme")).toMatchObject({
    ended: true,
    unproved: { api: { credential: false } },
  });
  expect(Object.keys((await readJournal(file, "acme"))!.unproved)).toEqual(["api"]);
  const second = await start();
  for (const repository of ["api", "web"]) second.record(rest, { repository, state: "healthy" });
  await second.settle(rest);
  await second.finish();
  expect(await readJournal(file, "acme")).toBeUndefined();
});
