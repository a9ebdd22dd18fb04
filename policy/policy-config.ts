import type { EnforcementLevel } from "@pulumi/policy";
import { z } from "zod";
import { configSchemaOf } from "./config/exceptions.ts";
import { safeToPrint } from "./workflow/safe-to-print.ts";
import type { Rule } from "./model/rule.ts";
import { rules } from "./rules.ts";

/** A policy configuration: for each rule its level, or its level and settings. */
export type PolicyConfig = Readonly<Record<string, EnforcementLevel | RuleConfig>>;

interface RuleConfig {
  readonly enforcementLevel?: EnforcementLevel;
  readonly [setting: string]: unknown;
}

/** The policy configuration is not valid. The message lists every problem with its path and the fix. */
export class PolicyConfigError extends Error {
  override name = "PolicyConfigError";
}

const levels = ["advisory", "mandatory", "remediate", "disabled"] as const;
const level = z.enum(levels);

/**
 * Checks a policy configuration with the engine's schema, but more strictly: the engine ignores a
 * misspelt rule or setting, and the default then applies without a message.
 *
 * @throws {PolicyConfigError}
 * @see https://www.pulumi.com/docs/insights/policy/policy-packs/configuration/
 */
export function parsePolicyConfig(value: unknown): PolicyConfig {
  const file = z.record(z.string(), z.unknown()).safeParse(value);
  if (!file.success)
    throw new PolicyConfigError("must be a map of rules to their levels or settings");
  const problems = Object.entries(file.data).flatMap(([id, config]) => judgeEntry(id, config));
  if (problems.length === 0) return file.data as PolicyConfig;
  throw new PolicyConfigError(problems.join("\n"));
}

/**
 * The level of a rule, and its settings with the defaults for missing ones.
 *
 * @param defaultLevel the level if the configuration has none
 */
export function configOf(rule: Rule, config: PolicyConfig, defaultLevel = rule.level) {
  const { enforcementLevel: ofAll = defaultLevel } = asSettings(config["all"]);
  const { enforcementLevel = ofAll, ...settings } = asSettings(config[rule.id]);
  // A violation that could be repaired and was not is as bad as one that could not be repaired.
  const judged = enforcementLevel === "remediate" ? ("mandatory" as const) : enforcementLevel;
  return { level: judged, settings: thresholdsOf(rule, settings) };
}

/** A rule's thresholds: those of the configuration, and the defaults for the rest. */
export function thresholdsOf({ thresholds }: Rule, config: object = {}): object {
  const defaults = Object.entries(thresholds?.properties ?? {}).flatMap(([name, schema]) =>
    schema.default === undefined ? [] : [[name, schema.default] as const],
  );
  return { ...Object.fromEntries(defaults), ...config };
}

function asSettings(value: EnforcementLevel | RuleConfig = {}): RuleConfig {
  return typeof value === "string" ? { enforcementLevel: value } : value;
}

function judgeEntry(id: string, config: unknown): string[] {
  const rule = rules.find((each) => each.id === id);
  const shown = safeToPrint(id) ?? "a key";
  // The engine uses the first for every rule's level, the second for Pulumi ESC.
  if (!rule && id !== "all" && id !== "environments")
    return [`${shown}: is not a rule; remove it, or correct its spelling`];
  if (id === "environments") return explain(id, z.array(z.string()).safeParse(config).error);
  if (typeof config === "string") return explain(id, level.safeParse(config).error);
  return explain(id, schemaOf(rule).safeParse(config).error);
}

function schemaOf(rule: Rule | undefined): z.ZodType {
  const settings = rule ? configSchemaOf(rule).properties : {};
  return z.fromJSONSchema({
    type: "object",
    additionalProperties: false,
    properties: { ...settings, enforcementLevel: { enum: [...levels] } },
  });
}

/** One line for each problem. Values are not quoted, because one could be a token. */
function explain(rule: string, error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).flatMap((issue) => {
    const at = (path: readonly PropertyKey[]) => [rule, ...path.map(printKey)].join("");
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys.map(
          (key) => `${at([...issue.path, key])}: is unknown; remove it, or correct its spelling`,
        );
      case "invalid_type":
        return [`${at(issue.path)}: has the wrong type; it must be ${article(issue.expected)}`];
      case "invalid_value":
        return [`${at(issue.path)}: must be one of ${issue.values.map(String).join(", ")}`];
      case "too_big":
        return [`${at(issue.path)}: is too large; give at most ${issue.maximum}`];
      case "too_small":
        return [
          `${at(issue.path)}: is too small; give ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`,
        ];
      case "invalid_format":
        return [`${at(issue.path)}: has the wrong form; it must match ${String(issue["pattern"])}`];
      default:
        return [`${at(issue.path)}: is not valid for this setting; see docs/policies.md`];
    }
  });
}

function printKey(key: PropertyKey): string {
  return typeof key === "number" ? `[${key}]` : `.${safeToPrint(String(key)) ?? "…"}`;
}

function article(type: string): string {
  const name = { int: "whole number", object: "map", array: "list" }[type] ?? type;
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}
