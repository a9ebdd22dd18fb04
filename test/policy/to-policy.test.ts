import { expect, test } from "vitest";
import type { ResourceRule, StackRule } from "../../policy/model/rule.ts";
import { runPolicy, unknownValue, type TestResource } from "./run-policy.ts";

const card = {
  id: "is-closed",
  level: "mandatory",
  severity: "low",
  description: "Every door is closed.",
  remediation: "Close it.",
  source: "https://example.com/doors",
  sees: "Doors.",
} as const;

const isClosed: ResourceRule = {
  ...card,
  kind: "resource",
  resourceTypes: ["test:index:Door"],
  *judge({ props }) {
    if (props["open"] !== false) yield "be closed";
  },
};

const door = (name: string, open: unknown, outputs?: { open: unknown }): TestResource => ({
  type: "test:index:Door",
  name,
  props: { open },
  ...(outputs && { outputs }),
});

test("each resource is reported once, and others are not", async () => {
  const window = { ...door("window", true), type: "test:index:Window" };
  const resources = [door("ajar", true), door("shut", false), window];
  expect(await runPolicy(isClosed, { resources })).toEqual({
    violations: ["ajar must be closed. Close it."],
    unknown: [],
  });
});

test("a value that preview does not know is reported, and checked when it is known", async () => {
  const late = door("late", unknownValue, { open: true });
  expect(await runPolicy(isClosed, { resources: [late, door("other", true)] })).toEqual({
    violations: ["other must be closed. Close it.", "late must be closed. Close it."],
    unknown: ["string value at .open can't be known during preview"],
  });
});

test("a value that stays unknown hides no other resource, and is reported once", async () => {
  const resources = [door("late", unknownValue), door("other", true)];
  expect(await runPolicy(isClosed, { resources })).toEqual({
    violations: ["other must be closed. Close it."],
    unknown: ["string value at .open can't be known during preview"],
  });
});

test("the outputs of the stack's root resource are checked at the end", async () => {
  const ofAll: ResourceRule = { ...isClosed, resourceTypes: "all" };
  const root = { ...door("root", false, { open: true }), type: "pulumi:pulumi:Stack" };
  expect((await runPolicy(ofAll, { resources: [root] })).violations).toEqual([
    "root must be closed. Close it.",
  ]);
});

test("an error becomes a violation that names the rule, and not its input", async () => {
  const fail = (): never => {
    throw new Error("the door is painted s3cret");
  };
  const alone: ResourceRule = { ...isClosed, judge: fail };
  const together: StackRule = { ...card, kind: "stack", judge: fail };
  const resources = [door("front", true)];
  expect((await runPolicy(alone, { resources })).violations).toEqual([
    "front must be something that the rule is-closed can judge. Close it.",
  ]);
  expect((await runPolicy(together, { resources })).violations).toEqual([
    "the stack must be something that the rule is-closed can judge. Close it.",
  ]);
});

test("a resource that is named like a secret is not named, and neither is an unknown key", async () => {
  const name = `ghp_${"a1".repeat(18)}`;
  expect((await runPolicy(isClosed, { resources: [door(name, true)] })).violations).toEqual([
    "this resource must be closed. Close it.",
  ]);
  const reads: ResourceRule = {
    ...isClosed,
    *judge({ props }) {
      if (props[name]) yield "never get here";
    },
  };
  const resources = [{ ...door("late", false), props: { [name]: unknownValue } }];
  expect((await runPolicy(reads, { resources })).unknown).toEqual([
    "a value can't be known during preview",
  ]);
});
