import { mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { claimToday } from "../src/once-a-day.ts";

test.each([
  [-2, true],
  [-0.5, false],
  [0.5, false],
  // Of a clock that was wrong.
  [2, true],
])("a task that was claimed %d days from now may be claimed: %s", async (days, expected) => {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  expect(await claimToday(folder)).toBe(true);
  const then = new Date(Date.now() + days * 86_400_000);
  await utimes(join(folder, "cleaned"), then, then);
  expect(await claimToday(folder)).toBe(expected);
  expect(await claimToday(folder)).toBe(false);
});
