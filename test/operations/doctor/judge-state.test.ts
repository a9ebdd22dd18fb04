import { expect, test } from "vitest";
import { judgeState } from "../../../src/operations/doctor/judge-state.ts";

const state = (version: number, engine: string) => ({
  version,
  deployment: { manifest: { version: engine }, resources: [{}] },
});

test("a state of this or an earlier version is read", () => {
  expect(judgeState(state(3, "v3.259.0"), "3.276.0")).toEqual({
    check: "state",
    level: "ok",
    text: "1 resource, written by engine 3.259.0",
  });
  expect(judgeState({ version: 3, deployment: {} }, "3.276.0").level).toBe("ok");
});

test("a newer engine's state is a warning, and a newer form a problem", () => {
  expect(judgeState(state(3, "v3.300.0"), "3.276.0")).toEqual({
    check: "state",
    level: "warning",
    text: "engine 3.300.0 wrote it, and this one is 3.276.0",
    next: "install pulumi 3.300.0 or newer",
  });
  expect(judgeState(state(9, "v9.0.0"), "3.276.0")).toMatchObject({
    level: "problem",
    text: "its form is version 9; this version of ghcr-fleet knows 4 and older",
  });
  expect(judgeState("nonsense", "3.276.0").level).toBe("problem");
});
