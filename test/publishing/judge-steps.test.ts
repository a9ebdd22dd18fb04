import { expect, test } from "vitest";
import { judgeSteps } from "../../src/publishing/judge-steps.ts";
import type { PublicationStep } from "../../src/publishing/publication.ts";

const start = { event: "push", ref: "refs/heads/main" };
const push: PublicationStep = { name: "Push ${{ matrix.app }}", does: "push", proves: [] };
const login: PublicationStep = { name: "Log in", does: "login" };
const judge = (steps: readonly PublicationStep[], shown: Readonly<Record<string, string>>) =>
  judgeSteps(
    steps,
    Object.entries(shown).map(([name, conclusion]) => ({ name, conclusion })),
    start,
  );

test("a step that pushes has to succeed, after a login that ran", () => {
  expect(judge([login, push], { "Log in": "success", "Push api": "success" })).toBe("pushed");
  expect(judge([login, push], { "Log in": "success", "Push api": "skipped" })).toBe("skipped");
  expect(judge([login, push], { "Log in": "skipped", "Push api": "success" })).toBe("skipped");
  expect(judge([login, push], { "Log in": "success", Other: "success" })).toBe("unclear");
  expect(judge([], { "Push api": "success" })).toBe("unclear");
});

test("its conditions have to hold for the event of the run", () => {
  const when = (proves: string) => judge([{ ...push, proves: [proves] }], { "Push a": "success" });
  expect(when("github.event_name != 'pull_request'")).toBe("pushed");
  expect(when("github.ref_type == 'tag'")).toBe("unclear");
  expect(when("inputs.push")).toBe("unclear");
});

// https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionRunner.cs
test.each(["Run ./.github/actions/push", "Run /./.github/actions/push"])(
  "a local action is shown with one more slash by older runners: %s",
  (name) => {
    const local: PublicationStep = { name: "Run ./.github/actions/push", does: "push", proves: [] };
    expect(judge([local], { [name]: "success" })).toBe("pushed");
  },
);
