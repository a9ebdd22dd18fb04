import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createReadPace } from "../../../src/github/client/pace/read-pace.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** When each of these reads began, in milliseconds. */
async function begin(count: number): Promise<number[]> {
  const pace = createReadPace();
  const begun: number[] = [];
  const all = Array.from({ length: count }, () => pace(async () => void begun.push(Date.now())));
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  await Promise.all(all);
  return begun;
}

test("a small fleet does not wait", async () => {
  const begun = await begin(100);
  expect(begun.at(-1)! - begun[0]!).toBeLessThan(1000);
});

test("a large fleet never asks more often in a minute than GitHub allows", async () => {
  const begun = await begin(4000);
  const most = Math.max(
    ...begun.map((start) => begun.filter((at) => at >= start && at < start + 60_000).length),
  );
  expect(most).toBeLessThanOrEqual(880);
  expect(most).toBeGreaterThan(700);
  expect((begun.at(-1)! - begun[0]!) / 60_000).toBeLessThan(6);
});
