import { expect, test } from "vitest";
import { judgePreview, type WavesContext } from "../../../src/operations/waves/waves-context.ts";
import type { EngineRun } from "../../../src/stack/run-engine.ts";
import { formerState, toChange } from "../../../src/stack/engine-change.ts";
import { change, types } from "../support/change.ts";

const context = { stop: new AbortController().signal } as WavesContext;
const preview: EngineRun = {
  succeeded: true,
  existing: [],
  changes: [change("create", types.publishing, "api")],
  failures: [],
  violations: [],
  warnings: [],
  written: [],
};

test("a preview without failures may be applied", () => {
  expect(judgePreview(context, preview)).toBeUndefined();
});

test.each(["ghcr:index:WorkflowFiles", "ghcr:index:PackageAccess", "ghcr:index:RegistrySecret"])(
  "a preview that replaces %s of an earlier version is refused, with the way on",
  (type) => {
    const urn = `urn:pulumi:test::ghcr-fleet::ghcr-fleet:index:FleetRepository$${type}::api`;
    const former = toChange({ op: "delete", type, urn, provider: "" });
    const changes = [...preview.changes, ...former];
    expect(judgePreview(context, { ...preview, changes })).toEqual({
      outcome: "failed",
      reasons: [formerState],
    });
  },
);
