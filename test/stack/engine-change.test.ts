import { expect, test } from "vitest";
import { changeOf, isNewCredential, isNewFiles } from "../../src/stack/engine-change.ts";
import { change, types } from "../operations/support/change.ts";

test.each([
  ["create", [], true],
  ["replace", [], true],
  ["update", ["hash", "box"], true],
  ["update", ["box"], true],
  ["update", ["repositories"], false],
  ["delete", [], false],
] as const)("%s of a secret, %j: a new credential is %s", (operation, fields, isNew) => {
  expect(isNewCredential(change(operation, types.secret, "api", [...fields]))).toBe(isNew);
});

test.each([
  ["create", [], true],
  ["update", ['files[".github/workflows/ci.yml"]'], true],
  ["update", ["branch"], true],
  ["update", ["edits[0]"], true],
  // A run whose actions its lockfile does not have never starts.
  ["update", ["lockfile"], true],
  ["update", ["unresolved"], false],
  ["update", ["onRemove", "delivery"], false],
  ["delete", [], false],
] as const)("%s of workflow files, %j: they are new is %s", (operation, fields, isNew) => {
  expect(isNewFiles(change(operation, types.publishing, "api", [...fields]))).toBe(isNew);
});

test.each([
  [{ mode: "none" }, false],
  [{ mode: "repair", edits: [] }, false],
  [{ mode: "repair", edits: [{}] }, true],
  [{ mode: "template", files: {} }, true],
  [{ files: {} }, true],
])("workflow files with the inputs %j are new: %s", (inputs, isNew) => {
  const created = change("create", types.publishing, "api");
  expect(isNewFiles(changeOf({ ...created, after: { inputs }, paths: [] }))).toBe(isNew);
});

test("changes of other resources are not new", () => {
  const settings = change("create", types.settings, "api");
  expect([isNewCredential(settings), isNewFiles(settings)]).toEqual([false, false]);
});
