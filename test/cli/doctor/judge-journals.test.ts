import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { judgeJournals } from "../../../src/cli/doctor/judge-journals.ts";
import { holdStacks } from "../../../src/cli/stacks/hold-stacks.ts";
import { journalPath, writeJournal } from "../../../src/operations/waves/journal.ts";

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-journals-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const journal = {
  version: 1 as const,
  stack: "acme",
  startedAt: "2026-11-03T10:00:00Z",
  wave: "canary",
  unproved: {},
};

test("a rollout and a rotation that stopped are shown with how to continue", async () => {
  const folder = await emptyFolder();
  expect(await judgeJournals(folder, "acme")).toMatchObject([{ level: "ok" }]);
  expect(await judgeJournals(folder, "acme", { nextPat: undefined, patSources: {} })).toMatchObject(
    [{ level: "ok" }],
  );
  // It stopped in its trial, or before its waves.
  const next = "ghcr-fleet rotate acme --resume";
  for (const patSources of [{}, { nextPat: { env: "GHCR_FLEET_PAT_B" } }]) {
    const nextPat = "nextPat" in patSources ? undefined : "n";
    expect(await judgeJournals(folder, "acme", { nextPat, patSources })).toMatchObject([
      { level: "warning", next },
    ]);
  }
  await writeJournal(journalPath(folder, "acme"), journal);
  await writeJournal(journalPath(folder, "acme", "rotation"), journal);
  expect(await judgeJournals(folder, "acme")).toEqual([
    {
      check: "journals",
      level: "warning",
      text: "a rollout stopped in the wave canary",
      next: "ghcr-fleet rollout acme --resume",
    },
    {
      check: "journals",
      level: "warning",
      text: "a rotation stopped in the wave canary",
      next: "ghcr-fleet rotate acme --resume",
    },
  ]);
});

test("what is running has not stopped", async () => {
  const folder = await emptyFolder();
  await holdStacks(folder, ["acme"], async () => {
    await writeJournal(journalPath(folder, "acme"), journal);
    expect(await judgeJournals(folder, "acme")).toEqual([
      {
        check: "journals",
        level: "ok",
        text: `a rollout is running in the wave canary, with process ${process.pid}`,
      },
    ]);
  });
  expect(await judgeJournals(folder, "acme")).toMatchObject([{ level: "warning" }]);
});

test("a journal of a later version is refused", async () => {
  const folder = await emptyFolder();
  const file = journalPath(folder, "acme", "rotation");
  await writeJournal(file, journal);
  await writeFile(file, JSON.stringify({ ...journal, version: 2 }));
  await expect(judgeJournals(folder, "acme")).rejects.toThrow(
    "was written by a later version of ghcr-fleet: use that one",
  );
});
