import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { configSchemaOf } from "../../policy/config/exceptions.ts";
import { configOf, parsePolicyConfig } from "../../policy/policy-config.ts";
import { rules } from "../../policy/rules.ts";
import { patExpiryMax } from "../../policy/rules/token.ts";

const problems = (config: unknown): string[] => {
  try {
    parsePolicyConfig(config);
    return [];
  } catch (error) {
    return (error as Error).message.split("\n");
  }
};

test("what the engine accepts is accepted", () => {
  expect(
    problems({
      all: "advisory",
      environments: ["policies/prod"],
      "pat-expiry-max": { maxDays: 30, enforcementLevel: "mandatory" },
      "pat-owner": "disabled",
      "workflow-pinned": { enforcementLevel: "remediate", exceptions: [{ for: "api" }] },
      "audit-monitored": { enterpriseCloud: true, monitor: { owner: "a team", intervalHours: 1 } },
    }),
  ).toEqual([]);
});

test("all problems are reported at once, with path and fix", () => {
  expect(
    problems({
      "pat-expiry-maxx": {},
      "pat-expiry-max": { maxDays: 4000, days: 1 },
      "pat-expiry-left": { minDays: "7" },
      "pat-owner": "off",
      "pat-classic": 7,
      "secret-name": { secretNames: [], enforcementLevel: "never" },
      "workflow-pinned": {
        allowed: ["actions/checkout@v4"],
        exceptions: [{ until: 7, who: "me" }],
      },
      "audit-monitored": { monitor: { intervalHours: 0 } },
      all: { maxDays: 1 },
    }),
  ).toMatchInlineSnapshot(`
    [
      "pat-expiry-maxx: is not a rule; remove it, or correct its spelling",
      "pat-expiry-max.maxDays: is too large; give at most 366",
      "pat-expiry-max.days: is unknown; remove it, or correct its spelling",
      "pat-expiry-left.minDays: has the wrong type; it must be a number",
      "pat-owner: must be one of advisory, mandatory, remediate, disabled",
      "pat-classic: has the wrong type; it must be a map",
      "secret-name.secretNames: is too small; give at least 1",
      "secret-name.enforcementLevel: must be one of advisory, mandatory, remediate, disabled",
      "workflow-pinned.allowed[0]: has the wrong form; it must match /^[\\w.-]+\\/[\\w.-]+@[0-9a-f]{40} # v?[0-9][0-9A-Za-z.+-]*$/",
      "workflow-pinned.exceptions[0].until: has the wrong type; it must be a string",
      "workflow-pinned.exceptions[0].who: is unknown; remove it, or correct its spelling",
      "audit-monitored.monitor.intervalHours: is too small; give more than 0",
      "all.maxDays: is unknown; remove it, or correct its spelling",
    ]
  `);
  expect(problems([])).toEqual(["must be a map of rules to their levels or settings"]);
});

test("no problem shows a value, or a key that looks like a secret", () => {
  const token = `ghp_${"a1".repeat(18)}`;
  const config = {
    [token]: {},
    "pat-owner": token,
    "pat-expiry-max": { maxDays: token, [token]: 1 },
    "secret-name": { secretNames: [token.toLowerCase()] },
  };
  expect(problems(config).join("\n")).not.toMatch(/a1a1/i);
  expect(problems(config)).toHaveLength(5);
});

describe("the schema is read as the engine reads it", () => {
  const anything = fc.oneof(
    fc.string(),
    fc.integer({ min: -10, max: 400 }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.constantFrom("GHCR_PAT", "api", "", 1)),
    fc.record({ owner: fc.string(), intervalHours: fc.integer() }, { requiredKeys: [] }),
    fc.array(fc.record({ for: fc.string(), until: fc.anything() }, { requiredKeys: [] })),
  );

  test.each(rules.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
    const { properties } = configSchemaOf(rule);
    const validate = new Ajv({ strict: false }).compile({ type: "object", properties });
    const config = fc.dictionary(fc.constantFrom(...Object.keys(properties)), anything);
    fc.assert(
      fc.property(config, (settings) => {
        expect(problems({ [id]: { ...settings } }).length === 0).toBe(validate({ ...settings }));
      }),
    );
  });
});

test("levels come from the rule, from all, or from the rule's entry", () => {
  expect(configOf(patExpiryMax, {})).toMatchObject({
    level: "mandatory",
    settings: { maxDays: 90 },
  });
  expect(configOf(patExpiryMax, { all: "disabled" }).level).toBe("disabled");
  expect(configOf(patExpiryMax, { all: "disabled", "pat-expiry-max": "remediate" }).level).toBe(
    "mandatory",
  );
});
