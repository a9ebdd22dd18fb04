import { expect, test } from "vitest";
import type { Exception } from "../../policy/model/rule.ts";
import { defectsOf } from "../../policy/config/exceptions.ts";
import { packagePushable } from "../../policy/rules/package.ts";
import { ghcr } from "../../policy/model/resource-types.ts";
import { now, runPolicy } from "./run-policy.ts";

const valid = { for: "api", owner: "a team", reason: "moving", until: "2026-02-01" };
const judge = async (exceptions: readonly Exception[]) => {
  const props = { repository: "api", packages: [{ image: "api", push: "denied" }] };
  const resources = [
    { type: ghcr.publishing, name: "by-name", props },
    { type: ghcr.publishing, name: "web", props: { ...props, repository: "web" } },
  ];
  const program = { resources, policyConfig: { exceptions } };
  const { violations } = await runPolicy(packagePushable, program);
  return violations.map((message) => message.split(" ")[0]);
};

test("an exception applies to a repository or a resource by name, and to nothing else", async () => {
  expect(await judge([])).toEqual(["by-name", "web"]);
  expect(await judge([valid])).toEqual(["web"]);
  expect(await judge([{ ...valid, for: "by-name" }])).toEqual(["web"]);
  expect(await judge([{ ...valid, for: "*" }])).toEqual(["by-name", "web"]);
});

test("an exception that is incomplete or has expired has no effect", async () => {
  expect(await judge([{ ...valid, owner: "" }])).toEqual(["by-name", "web"]);
  expect(await judge([{ ...valid, until: "2025-12-31" }])).toEqual(["by-name", "web"]);
});

test.each([
  [valid, []],
  [{ ...valid, until: "2026-01-01" }, []],
  [{ ...valid, until: "2026-04-01" }, []],
  [{ ...valid, until: "2026-04-02" }, ["end within 90 days"]],
  [{ ...valid, until: "2025-12-31" }, ["not have expired"]],
  [{ ...valid, until: "soon" }, ["have a date: until, such as 2026-03-31"]],
  [{ ...valid, until: "2026-02-31x" }, ["have a date: until, such as 2026-03-31"]],
  [{ ...valid, reason: "  " }, ["have a reason"]],
  [
    {},
    [
      "say which repository or resource it is for",
      "have an owner",
      "have a reason",
      "have a date: until, such as 2026-03-31",
    ],
  ],
])("%j lacks %j", (exception, defects) => {
  expect([...defectsOf(exception, now)]).toEqual(defects);
});
