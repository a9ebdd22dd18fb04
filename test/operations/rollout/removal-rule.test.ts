import { expect, test } from "vitest";
import { judgeRemovals } from "../../../src/operations/rollout/removal-rule.ts";
import { change, types, urnOf } from "../support/change.ts";

const names = Array.from({ length: 8 }, (_, index) => `r-${index}`);
const published = names.map((name) => urnOf(types.publishing, name));
const secrets = names.map((name) => urnOf(types.secret, name));
const limits = { secretRemovals: undefined, allowed: 0 };
const leave = (count: number) =>
  names.slice(0, count).map((name) => change("delete", types.publishing, name));
const drop = (count: number) =>
  names.slice(0, count).map((name) => change("delete", types.secret, name));

test("a quarter of the fleet may leave, more only by number", () => {
  const existing = published;
  expect(judgeRemovals({ existing, changes: leave(2) }, limits)).toEqual([]);
  const [reason] = judgeRemovals({ existing, changes: leave(3) }, limits);
  expect(reason).toContain("removes 3 of 8 repositories (38 %)");
  expect(judgeRemovals({ existing, changes: leave(3) }, { ...limits, allowed: 3 })).toEqual([]);
});

test("a quarter of the secrets may go, or as many as the configuration says", () => {
  const existing = [...published, ...secrets];
  expect(judgeRemovals({ existing, changes: drop(2) }, limits)).toEqual([]);
  expect(judgeRemovals({ existing, changes: drop(3) }, limits)).toEqual([
    "this rollout removes 3 of 8 secrets; 2 may be removed without confirmation: check fleet.secret and fleet.repositories, or run with --allow-removals 3",
  ]);
  expect(judgeRemovals({ existing, changes: drop(3) }, { ...limits, secretRemovals: 3 })).toEqual(
    [],
  );
  expect(
    judgeRemovals({ existing, changes: drop(1) }, { ...limits, secretRemovals: 0 }),
  ).toHaveLength(1);
  expect(judgeRemovals({ existing, changes: drop(3) }, { ...limits, allowed: 3 })).toEqual([]);
});

test("repository secrets may be removed as long as the organisation's stays", () => {
  const existing = [urnOf(types.secret), ...secrets];
  expect(judgeRemovals({ existing, changes: drop(8) }, limits)).toEqual([]);
  const changes = [change("delete", types.secret), ...drop(8)];
  expect(judgeRemovals({ existing, changes }, limits)).toHaveLength(1);
});
