import { expect, test } from "vitest";
import { judgePreview, type WavesContext } from "../../../src/operations/waves/waves-context.ts";
import type { EngineRun } from "../../../src/stack/run-engine.ts";
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
