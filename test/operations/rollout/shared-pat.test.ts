import { expect, test } from "vitest";
import { warnOfSharedPat } from "../../../src/operations/rollout/plan-rollout.ts";
import { change, types } from "../support/change.ts";

const stack = { name: "acme", patSources: {} };
const waves = ["canary", "rest"].map((name) => ({ name, repositories: [name] }));

test("another PAT in the organisation's secret is warned of; the same one, written again, is not", () => {
  const update = (...fields: string[]) => ({
    changes: [change("update", types.secret, undefined, fields)],
  });
  expect(warnOfSharedPat(stack, update("hash", "box"), waves)).toEqual([
    "the organisation's secret changes for all repositories with the first wave; `ghcr-fleet rotate acme` lets the first wave try a new PAT before",
  ]);
  expect(warnOfSharedPat(stack, update("box"), waves)).toEqual([]);
  expect(warnOfSharedPat(stack, update("hash"), waves.slice(1))).toEqual([]);
});
