import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { journalPath, writeJournal } from "../../../src/operations/waves/journal.ts";
import {
  UnfinishedRollout,
  type RolloutContext,
} from "../../../src/operations/rollout/plan-rollout.ts";
import { rollOutStacks } from "../../../src/operations/rollout/roll-out-stacks.ts";

/** Stacks that cannot be planned, because their journals are incomplete. */
async function cutOff(...names: string[]): Promise<RolloutContext[]> {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-stacks-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, ".ghcr-fleet"));
  for (const name of names) await writeFile(journalPath(folder, name), "{");
  return names.map((name) => ({ stack: { name }, folder, mode: "resume" }) as RolloutContext);
}

const settings = { concurrency: 1, planOnly: false };

test("a failure to start one of several stacks names it", async () => {
  await expect(rollOutStacks(await cutOff("a", "b"), settings)).rejects.toThrow(
    /^a: .*rollout-a\.json is not a journal/,
  );
});

test("one stack alone needs no name", async () => {
  await expect(rollOutStacks(await cutOff("a"), settings)).rejects.toThrow(
    /^\/.*rollout-a\.json is not a journal/,
  );
});

test("a rollout that stopped needs a decision; one that ended, although a repository failed, needs none", async () => {
  const [context] = await cutOff("a");
  const { folder } = context!;
  const reached = new Error("previews");
  const report = () => {
    throw reached;
  };
  const stack = { name: "a", patSources: {} };
  const started = { ...context, stack, mode: "start", report } as unknown as RolloutContext;
  const unproved = { api: { credential: false } };
  const startedAt = "2026-11-03T10:00:00Z";
  const journal = { version: 1, stack: "a", startedAt, wave: "rest", unproved } as const;
  await writeJournal(journalPath(folder, "a"), journal);
  await expect(rollOutStacks([started], settings)).rejects.toThrow(UnfinishedRollout);
  await writeJournal(journalPath(folder, "a"), { ...journal, ended: true });
  await expect(rollOutStacks([started], settings)).rejects.toBe(reached);
});
