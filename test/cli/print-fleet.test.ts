import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { fleetText } from "../../src/cli/fleet/print-fleet.ts";

test("settings are named as in the configuration, by their values", () => {
  const entry = { at: "fleet.repositories[0]", selector: "name api" };
  const text = fleetText({
    stack: "acme",
    owner: "acme",
    repositories: [
      {
        name: "api",
        rules: [entry],
        reason: undefined,
        settings: undefined,
        changed: {
          platforms: ["linux/amd64", "linux/arm64"],
          workflows: { mode: "repair", replaceSecrets: ["CR_PAT"], deadPatFallback: true },
          pullRequests: undefined,
        },
      },
      { name: "web", rules: [], reason: "no entry selects it", settings: undefined, changed: {} },
    ],
    unmatched: [],
  });
  expect(stripVTControlCharacters(text).split("\n")).toEqual([
    "acme  stack acme",
    "",
    "in  api  fleet.repositories[0] name api; platforms linux/amd64, linux/arm64; workflows repair; workflows.replaceSecrets CR_PAT; workflows.deadPatFallback true; pullRequests none",
    "out web  no entry selects it",
    "",
    "1 repository in the fleet, 1 not",
  ]);
});
