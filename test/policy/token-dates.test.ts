import { expect, test } from "vitest";
import {
  patExpiryLeft,
  patExpiryMax,
  patExpirySoon,
  patRotationAge,
} from "../../policy/rules/token.ts";
import { token } from "./cases/token-cases.ts";
import { runPolicy, unknownValue, withoutRemediation, type Program } from "./run-policy.ts";
import type { Rule } from "../../policy/model/rule.ts";

const said = async (rule: Rule, props: object, run: Program["run"] = "preview") => {
  const { violations, unknown } = await runPolicy(rule, { resources: [token({ ...props })], run });
  expect(unknown).toEqual([]);
  return violations.map((message) => withoutRemediation(rule, message));
};

test.each([
  ["by this machine's clock", {}],
  ["by GitHub's, where the resource says it", { inspectedAt: "2026-01-02T00:00:00Z" }],
  ["by this machine's, where what it says is no date", { inspectedAt: "yesterday" }],
])("days are counted %s", async (how, moment) => {
  const later = how.includes("GitHub") ? 1 : 0;
  const at = (days: number) => ({
    ...moment,
    expiresAt: new Date(Date.UTC(2026, 0, 1 + days + later)).toISOString(),
  });
  expect(await said(patExpiryMax, at(90))).toEqual([]);
  expect(await said(patExpiryMax, at(91))).toEqual([
    "publisher must expire within 90 days, but has 91 left",
  ]);
  expect(await said(patExpiryMax, at(0))).toEqual(["publisher must not have expired"]);
  expect(await said(patExpiryLeft, at(7))).toEqual([]);
  expect(await said(patExpiryLeft, at(6))).toEqual([
    "publisher must have at least 7 days left, but has 6",
  ]);
  expect(await said(patExpirySoon, at(20))).toEqual([
    "publisher must have at least 21 days left, but has 20",
  ]);
});

test("an invalid expiry is a violation", async () => {
  expect(await said(patExpiryMax, { expiresAt: "someday" })).toEqual([
    "publisher must have an expiry that is a date",
  ]);
});

test("a token that the stack does not have yet is new in preview, and dated after the update", async () => {
  for (const firstSeenAt of [undefined, unknownValue])
    expect(await said(patRotationAge, { firstSeenAt })).toEqual([]);
  expect(await said(patRotationAge, {}, "update")).toEqual([
    "publisher must have a date from which its age is counted",
  ]);
  expect(await said(patRotationAge, { hash: undefined })).toEqual([
    "publisher must have a date from which its age is counted",
  ]);
});

test("the first time counts, and not the last", async () => {
  const dates = { firstSeenAt: "2025-10-01T00:00:00Z", inspectedAt: "2026-01-01T00:00:00Z" };
  expect(await said(patRotationAge, dates)).toEqual([
    "publisher must be rotated within 90 days, but the stack has had it for 92 days",
  ]);
});
