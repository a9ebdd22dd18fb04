import { expect, onTestFinished, test } from "vitest";
import { createWriteTurns } from "../../../src/github/client/pace/write-turns.ts";
import { startWriteBudget } from "../../../src/operations/budget/write-budget.ts";
import { createWritePace } from "../../../src/github/client/pace/write-pace.ts";

async function start(now: () => number) {
  const waits: number[] = [];
  const pace = createWritePace("burst");
  const budget = await startWriteBudget({ pace, now, onLongWait: (wait) => waits.push(wait) });
  onTestFinished(() => budget.close());
  return { budget, waits };
}

test("two processes together get 80 turns in a minute, and the next one when it is over", async () => {
  let now = 0;
  const { budget, waits } = await start(() => now);
  const stop = new AbortController();
  const [one, other] = [0, 1].map(() => createWriteTurns(budget.url, stop.signal));
  const both = Array.from({ length: 40 }, () => Promise.all([one?.("write"), other?.("content")]));
  await Promise.all(both);
  expect(budget.granted()).toBe(80);

  const late = other?.("content");
  await expect.poll(() => waits).toEqual([60_000]);
  expect(budget.granted()).toBe(80);
  now = 60_000;
  await late;
  expect(budget.granted()).toBe(81);
});

test("a process that is stopped while it waits does not write, and leaves the queue", async () => {
  let now = 0;
  const { budget, waits } = await start(() => now);
  const stop = new AbortController();
  const turn = createWriteTurns(budget.url, stop.signal);
  await Promise.all(Array.from({ length: 80 }, () => turn("write")));
  const late = turn("write");
  await expect.poll(() => waits).toHaveLength(1);
  stop.abort();
  await expect(late).rejects.toThrow("stopped before it was written");
  now = 60_000;
  await createWriteTurns(budget.url, new AbortController().signal)("write");
  expect(budget.granted()).toBe(81);
});

test("without a budget, or when its process is gone, every write may go out", async () => {
  const { signal } = new AbortController();
  await createWriteTurns(undefined, signal)("write");
  await createWriteTurns("http://127.0.0.1:9/gone", signal)("write");
});

test("without the address, nobody gets a turn", async () => {
  const { budget } = await start(() => 0);
  const answer = await fetch(new URL("/guessed", budget.url), { method: "POST" });
  expect(answer.status).toBe(404);
  expect(budget.granted()).toBe(0);
});
