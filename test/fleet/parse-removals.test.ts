import { expect, test } from "vitest";
import { parseRemovals } from "../../src/fleet/parse-removals.ts";

test("a whole number, and none where it is not set", () => {
  expect(parseRemovals("6")).toBe(6);
  expect(parseRemovals(undefined)).toBe(0);
});

test.each(["", "all", "-1", "2.5"])("%j is refused with what to give", (text) => {
  expect(() => parseRemovals(text)).toThrow("give the number of repositories that may leave");
});
