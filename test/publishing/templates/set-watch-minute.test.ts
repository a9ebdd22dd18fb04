import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { setWatchMinute } from "../../../src/publishing/templates/set-watch-minute.ts";

const watch = await readFile(
  new URL("../../../.github/workflows/watch.yml", import.meta.url),
  "utf8",
);

test("the minute changes, and nothing else", () => {
  const changed = setWatchMinute(watch, 41);
  expect(changed).toContain('- cron: "41 5 * * *"');
  expect(changed.replace('"41 5', '"23 5')).toBe(watch);
});

test("the minute that is there already changes nothing", () => {
  expect(setWatchMinute(watch, 23)).toBe(watch);
});

test("a workflow without a schedule is named as such", () => {
  expect(() => setWatchMinute("on: push\n", 41)).toThrow("has no schedule");
});
