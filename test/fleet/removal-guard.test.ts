import { expect, test } from "vitest";
import { isRemovalRefusal, parseRemovals, refuseRemoval } from "../../src/fleet/removal-guard.ts";

const fleet = Array.from({ length: 12 }, (_, index) => `repository-${index + 1}`);

test("a quarter of the fleet may be removed, more may not", () => {
  expect(refuseRemoval(fleet, fleet.slice(3), 0)).toBeUndefined();
  expect(refuseRemoval(fleet, fleet.slice(4), 0)).toMatchInlineSnapshot(
    `"this update removes 4 of 12 repositories (33 %) from the fleet: repository-1, repository-2, repository-3, repository-4. More than 25 % leave only if you confirm the number: check fleet.repositories, or run with GHCR_FLEET_ALLOW_REMOVALS=4 (rollout: --allow-removals 4)"`,
  );
});

test("its reason is recognised among other errors of an update", () => {
  expect(isRemovalRefusal(refuseRemoval(fleet, [], 0) ?? "")).toBe(true);
  expect(isRemovalRefusal("GitHub does not answer")).toBe(false);
});

test("new repositories do not hide removed ones", () => {
  expect(refuseRemoval(fleet, ["new-1", "new-2", ...fleet.slice(6)], 0)).toContain(
    "removes 6 of 12",
  );
});

test("with their number allowed they may be removed, and not one more", () => {
  expect(refuseRemoval(fleet, fleet.slice(6), 6)).toBeUndefined();
  expect(refuseRemoval(fleet, fleet.slice(7), 6)).toContain("removes 7 of 12");
});

test("a first run has nothing to remove", () => {
  expect(refuseRemoval([], fleet, 0)).toBeUndefined();
});

test("another spelling of a name removes nothing, because GitHub compares names without case", () => {
  const shouted = fleet.map((name) => name.toUpperCase());
  expect(refuseRemoval(fleet, shouted, 0)).toBeUndefined();
  expect(refuseRemoval(shouted, fleet, 0)).toBeUndefined();
});

test("removals allowed by number: a whole number, 0 if not set", () => {
  expect(parseRemovals("6")).toBe(6);
  expect(parseRemovals(undefined)).toBe(0);
});

test.each(["", "all", "-1", "2.5"])("%j is refused with what to give", (text) => {
  expect(() => parseRemovals(text)).toThrow("give the number of repositories that may leave");
});
