import { expect, test } from "vitest";
import { diffProperties } from "../../provider/protocol/property-diff.ts";
import { unknownValue, type Properties } from "../../provider/protocol/property-values.ts";

test("maps differ key by key, lists and plain values as a whole", () => {
  const olds = { branch: "main", tags: ["a"], files: { "ci.yml": "old", kept: "same", gone: "x" } };
  const news = {
    branch: "trunk",
    tags: ["b"],
    files: { "ci.yml": "new", kept: "same", more: "y" },
  };
  expect(diffProperties(olds, news)).toEqual({
    branch: "update",
    tags: "update",
    'files["ci.yml"]': "update",
    "files.gone": "delete",
    "files.more": "add",
  });
});

test("equal properties make no change, whatever would replace", () => {
  const same = { owner: "acme", files: { "ci.yml": "text" }, tags: ["a"] };
  expect(diffProperties(same, structuredClone(same), ["owner", "files"])).toEqual({});
});

test("a change of what makes a resource another one replaces it, and no other does", () => {
  const olds = { owner: "acme", branch: "main" };
  expect(diffProperties(olds, { owner: "elsewhere", branch: "trunk" }, ["owner"])).toEqual({
    owner: "replace",
    branch: "update",
  });
});

test("what is not known yet counts as a change, even where it was not known before", () => {
  const later: Properties = { commit: unknownValue };
  expect(diffProperties(later, later)).toEqual({ commit: "update" });
});
