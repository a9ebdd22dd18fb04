import { describe, expect, test } from "vitest";
import { rules } from "../../policy/rules.ts";
import { cases } from "./cases/index.ts";
import { runPolicy, withoutRemediation, type Program } from "./run-policy.ts";

describe.each(cases.map((each) => ({ id: each.rule.id, ...each })))(
  "$id",
  ({ rule, violating, says, missing, saysMissing, passing, unknown }) => {
    const messages = async (program: Program) => {
      const outcome = await runPolicy(rule, program);
      expect(outcome.unknown).toEqual([]);
      return outcome.violations.map((message) => withoutRemediation(rule, message));
    };

    test("a violating program", async () => expect(await messages(violating)).toEqual(says));
    test("what is missing", async () => expect(await messages(missing)).toEqual(saysMissing));
    test("a program that passes", async () => expect(await messages(passing)).toEqual([]));

    if (unknown === undefined) return;
    test("an unknown value does not pass silently", async () => {
      const outcome = await runPolicy(rule, unknown);
      expect(outcome.violations).toEqual([]);
      expect(outcome.unknown).not.toEqual([]);
    });
  },
);

test("every rule has its programs", () => {
  expect(cases.map(({ rule }) => rule.id).toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
});

test("only rules about the policy configuration have no unknown values", () => {
  const known = cases.filter(({ unknown }) => unknown === undefined);
  expect(known.map(({ rule }) => rule.id)).toEqual([
    "audit-monitored",
    "audit-monitored-advice",
    "exception-expiry",
  ]);
});
