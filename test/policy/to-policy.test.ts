import type {
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  StackValidationArgs,
} from "@pulumi/policy";
import { expect, test } from "vitest";
import type { Rule } from "../../policy/rule.ts";
import { toPolicy } from "../../policy/to-policy.ts";

const rule: Rule = {
  id: "is-closed",
  level: "mandatory",
  description: "Every door is closed.",
  remediation: "Close it.",
  source: "https://example.com/doors",
  resourceType: "test:index:Door",
  *judge({ open }) {
    if (open !== false) yield "be closed";
  },
};

test("each resource is reported once, whether it is judged alone or with the stack", async () => {
  const { policy, reports, report } = newPolicy();
  const [ajar, shut, skipped] = [
    door("ajar", { open: true }),
    door("shut", { open: false }),
    door("skipped", {}),
  ];
  await policy.validateResource(ajar, report);
  await policy.validateResource(shut, report);
  await policy.validateResource({ ...ajar, type: "test:index:Window" }, report);
  await policy.validateStack(stackOf(ajar, shut, skipped), report);
  expect(reports).toEqual(["ajar must be closed. Close it.", "skipped must be closed. Close it."]);
});

test("a value that preview does not know is judged once it has arrived", async () => {
  const { policy, reports, report } = newPolicy();
  const early = door("late", unknown());
  expect(() => policy.validateResource(early, report)).toThrow("not known yet");

  // At the end of the preview it is still unknown, and hides nothing else.
  await policy.validateStack(stackOf(door("late", unknown()), door("other", {})), report);
  expect(reports).toEqual(["other must be closed. Close it."]);

  await policy.validateStack(stackOf(door("late", { open: true })), report);
  expect(reports).toContain("late must be closed. Close it.");
});

test("an unknown value that nobody has spoken of yet is not a pass", async () => {
  const { policy, report } = newPolicy();
  expect(() => policy.validateStack(stackOf(door("skipped", unknown())), report)).toThrow(
    "not known yet",
  );
});

function newPolicy() {
  const { validateResource, validateStack, ...policy } = toPolicy(rule);
  if (typeof validateResource !== "function") throw new Error("one validation is expected");
  const reports: string[] = [];
  const report: ReportViolation = (message) => void reports.push(message);
  return { policy: { ...policy, validateResource, validateStack }, reports, report };
}

function door(
  name: string,
  props: Record<string, unknown>,
): ResourceValidationArgs & PolicyResource {
  const urn = `urn:pulumi:test::test::test:index:Door::${name}`;
  return {
    type: "test:index:Door",
    name,
    urn,
    props,
    opts: {
      protect: false,
      ignoreChanges: [],
      aliases: [],
      additionalSecretOutputs: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    },
    dependencies: [],
    propertyDependencies: {},
    stackTags: new Map(),
    isType: () => false,
    asType: () => undefined,
    getConfig: () => ({}) as never,
    notApplicable: (reason) => {
      throw new Error(reason);
    },
  };
}

function stackOf(...resources: PolicyResource[]): StackValidationArgs {
  return {
    resources,
    stackTags: new Map(),
    getConfig: () => ({}) as never,
    notApplicable: (reason) => {
      throw new Error(reason);
    },
  };
}

/** As in the engine's preview: reading throws. */
function unknown(): Record<string, unknown> {
  return Object.defineProperty({}, "open", {
    get() {
      throw new Error("not known yet");
    },
  });
}
