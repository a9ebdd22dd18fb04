import { expect, test } from "vitest";
import { estimateBudget } from "../../../src/operations/budget/estimate-budget.ts";
import { changeOf } from "../../../src/stack/engine-change.ts";
import { change, types, urnOf } from "../support/change.ts";

const repositories = (count: number) => Array.from({ length: count }, (_, index) => `r-${index}`);

const run = (count: number, pace: "steady" | "burst" = "steady", refreshed: string[] = []) => ({
  repositories: count,
  refreshed,
  pace,
});

test("nothing to change costs nothing", () => {
  expect(estimateBudget([], run(300))).toEqual({
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
      change("create", types.settings, name),
      change("create", types.publishing, name),
    ]),
  ];
  expect(estimateBudget(changes, run(12))).toEqual({
    requests: 29,
    writes: 25,
    graphqlPoints: 62,
    contentWrites: 12,
    seconds: 25,
  });
  expect(estimateBudget(changes, run(12, "burst")).seconds).toBe(0);
});

test("commits of a large fleet wait for the next hour, at any pace", () => {
  const changes = repositories(1000).map((name) =>
    change("update", types.publishing, name, ["files"]),
  );
  expect(estimateBudget(changes, run(1000)).seconds).toBe(3600);
  expect(estimateBudget(changes, run(1000, "burst")).seconds).toBe(3600);
});

test("a change of the shared workflow is one commit", () => {
  const changes = [change("update", types.shared, undefined, ["files"])];
  expect(estimateBudget(changes, run(5))).toMatchObject({ writes: 1, contentWrites: 1 });
});

test.each([
  ["a change of it", ["files"], false, { requests: 3, writes: 2, contentWrites: 2 }],
  ["a change that waits for a merge", ["files"], true, { writes: 3, contentWrites: 3 }],
  ["its merge", ["tag"], true, { requests: 3, writes: 1, contentWrites: 1 }],
  ["another way to deliver it", ["delivery"], true, { writes: 0, contentWrites: 0 }],
])(
  "where callers name tags of the shared workflow, %s counts them",
  (_, fields, byPullRequest, cost) => {
    const changed = change("update", types.shared, undefined, fields);
    const estimate = estimateBudget([{ ...changed, isTagged: true, byPullRequest }], run(5));
    expect(estimate).toMatchObject(cost);
  },
);

test.each([
  [{ mode: "template", onRemove: "delete" }, {}, 1],
  [{ mode: "template", onRemove: "delete", delivery: "pull-request" }, {}, 3],
  [{ mode: "repair", onRemove: "restore" }, { originals: [{}] }, 1],
  [{ mode: "repair", onRemove: "restore" }, {}, 0],
  [{ mode: "repair", onRemove: "delete" }, { originals: [{}] }, 0],
])("taking back what was written counts: %j, %j: %i writes", (inputs, outputs, contentWrites) => {
  const leaving = change("delete", types.publishing, "api");
  const taken = changeOf({ ...leaving, before: { inputs, outputs }, paths: [] });
  expect(estimateBudget([taken], run(5))).toMatchObject({ contentWrites });
});

test("files that stay on GitHub cost nothing when a repository leaves", () => {
  expect(estimateBudget([change("delete", types.publishing, "api")], run(5)).writes).toBe(0);
});

/** What each repository has at each scope of the secret, and the requests for each. */
const scopes = [
  { scope: "repository", each: [types.settings, types.variable, types.secret], up: 8, refresh: 6 },
  {
    scope: "environment",
    each: [types.settings, types.variable, types.environment, types.secret],
    up: 14,
    refresh: 10,
  },
];

test.each(scopes)("at $scope scope, every repository counts", ({ each, up, refresh }) => {
  const names = repositories(50);
  const created = names.flatMap((name) => each.map((type) => change("create", type, name)));
  expect(estimateBudget(created, run(50)).requests).toBe(1 + 50 * up);

  const existing = names.flatMap((name) => each.map((type) => urnOf(type, name)));
  const changes = [change("update", types.publishing, "r-0", ["files"])];
  expect(estimateBudget(changes, run(50)).requests).toBe(1);
  expect(estimateBudget(changes, run(50, "steady", existing))).toMatchObject({
    requests: 1 + 50 * refresh,
    writes: 1,
  });
});

test("an environment is four writes, a variable one", () => {
  const writes = (type: string) => estimateBudget([change("create", type, "api")], run(1)).writes;
  expect(writes(types.environment)).toBe(4);
  expect(writes(types.variable)).toBe(1);
});

test("a large fleet at environment scope is read for longer than an hour's budget lasts", () => {
  const existing = repositories(600).flatMap((name) =>
    scopes[1]!.each.map((type) => urnOf(type, name)),
  );
  const changes = [change("update", types.publishing, "r-0", ["files"])];
  expect(estimateBudget(changes, run(600, "burst", existing)).seconds).toBe(3600);
});

test("settings that stay cost nothing when a repository leaves", () => {
  const leaving = [types.settings, types.environment].map((type) => change("delete", type, "api"));
  expect(estimateBudget(leaving, run(5)).writes).toBe(0);
});

test("pull requests cost more than commits, and GitHub bears few of them an hour", () => {
  const changes = repositories(61).map((name) => ({
    ...change("create", types.publishing, name),
    byPullRequest: true,
  }));
  expect(estimateBudget(changes, run(61, "burst"))).toEqual({
    requests: 62,
    writes: 183,
    graphqlPoints: 795,
    contentWrites: 183,
    seconds: 3600,
  });
});

test("what only says how files come or go one day costs no write", () => {
  const changes = [change("update", types.publishing, "api", ["onRemove", "delivery"])];
  expect(estimateBudget(changes, run(1))).toMatchObject({ writes: 0, contentWrites: 0 });
});

test("previews between waves look again at what is still to come", () => {
  const ofRepository = (name: string) => [
    change("create", types.secret, name),
    change("create", types.variable, name),
  ];
  const [now, later] = [ofRepository("api"), ofRepository("web")];
  const alone = estimateBudget(now, run(2));
  const options = { ...run(2), previewed: [...now, ...later] };
  expect(estimateBudget(now, options)).toEqual({ ...alone, requests: alone.requests + 6 });
});

test("each wave looks at the fleet first: all of them together cost what they cost one by one", () => {
  const waves = [["r-0"], ["r-1", "r-2"], ["r-3"]].map((names) =>
    names.map((name) => change("create", types.publishing, name)),
  );
  const single = waves.map((changes) => estimateBudget(changes, run(150)));
  const sum = (field: "requests" | "graphqlPoints") =>
    single.reduce((total, each) => total + each[field], 0);
  expect(estimateBudget(waves.flat(), { ...run(150), updates: 3 })).toMatchObject({
    requests: sum("requests"),
    graphqlPoints: sum("graphqlPoints"),
  });
});
