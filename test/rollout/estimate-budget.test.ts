import { expect, test } from "vitest";
import { estimateBudget } from "../../src/rollout/estimate-budget.ts";
import { change, types } from "./change.ts";

const repositories = (count: number) => Array.from({ length: count }, (_, index) => `r-${index}`);

test("nothing to change costs nothing", () => {
  expect(estimateBudget([], 300, "steady")).toEqual({
    requests: 0,
    writes: 0,
    graphqlPoints: 0,
    contentWrites: 0,
    seconds: 0,
  });
});

test("a first rollout: one secret for all, a setting and a commit for each", () => {
  const changes = [
    change("create", types.secret),
    ...repositories(12).flatMap((name) => [
      change("create", types.component, name),
      change("create", types.settings, name),
      change("create", types.files, name),
    ]),
  ];
  expect(estimateBudget(changes, 12, "steady")).toEqual({
    requests: 28,
    writes: 25,
    graphqlPoints: 62,
    contentWrites: 12,
    seconds: 25,
  });
  expect(estimateBudget(changes, 12, "burst").seconds).toBe(0);
});

test("commits of a large fleet wait for the next hour, at any pace", () => {
  const changes = repositories(1000).map((name) => change("update", types.files, name));
  expect(estimateBudget(changes, 1000, "steady").seconds).toBe(3600);
  expect(estimateBudget(changes, 1000, "burst").seconds).toBe(3600);
});

test("files that stay on GitHub cost nothing when a repository leaves", () => {
  expect(estimateBudget([change("delete", types.files, "api")], 5, "steady").writes).toBe(0);
});
