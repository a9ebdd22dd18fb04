import { createRequire } from "node:module";
import type {
  PolicyResource,
  ReportViolation,
  ResourceRemediation,
  ResourceValidation,
  ResourceValidationArgs,
  StackValidation,
} from "@pulumi/policy";
import type { Rule } from "../../policy/model/rule.ts";
import type { StoredTexts } from "../../policy/workflow/stored-text.ts";
import { policyContextOf } from "../../policy/model/policy-context.ts";
import { thresholdsOf } from "../../policy/policy-config.ts";
import { toPolicy } from "../../policy/engine/to-policy.ts";

// What the engine's side of the SDK wraps properties in; its types are not exported.
const proxy = createRequire(import.meta.url)("@pulumi/policy/proxy.js") as {
  unknownCheckingProxy(properties: object): Record<string, unknown>;
  unknownStringValue: string;
};

/** A value that preview does not know, anywhere in a resource's properties. */
export const unknownValue = proxy.unknownStringValue;

export interface TestResource {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** Its final value; the inputs if absent. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Whether the program does not register it, because `--target` leaves it out, or the update deletes it. */
  readonly isLeftOut?: boolean;
}

export interface Program {
  readonly resources: readonly TestResource[];
  /** The rule's policy configuration, in addition to its defaults. */
  readonly policyConfig?: object;
  /** The stack's configuration. */
  readonly config?: Readonly<Record<string, string>>;
  /** A preview if absent. */
  readonly run?: "preview" | "update";
  /** Where the provider stored workflow files. */
  readonly texts?: StoredTexts;
}

export const now = new Date("2026-01-01T00:00:00Z");

/** Judges a program like the engine: each resource alone, then all together. */
export async function runPolicy(rule: Rule, { resources, policyConfig = {}, ...program }: Program) {
  const policy = policyOf(rule, program);
  const config = thresholdsOf(rule, policyConfig);
  const violations: string[] = [];
  const unknown: string[] = [];
  const report: ReportViolation = (message) => void violations.push(message);
  const attempt = async (judge: () => unknown) => {
    try {
      await judge();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error.constructor.name !== "UnknownValueError") throw error;
      unknown.push(error.message);
    }
  };
  for (const resource of resources.filter(({ isLeftOut }) => isLeftOut !== true))
    await attempt(() => policy.validateResource?.(asEngine(resource, config), report));
  const final = resources.map((resource) =>
    asEngine({ ...resource, props: resource.outputs ?? resource.props }, config),
  );
  const rest = { getConfig: () => config as never, stackTags: new Map(), notApplicable };
  await attempt(() => policy.validateStack?.({ resources: final, ...rest }, report));
  return { violations, unknown };
}

/** @returns the properties that a remediating rule wants; nothing where they are right */
export async function runRemediation(
  rule: Rule,
  resource: TestResource,
  program: Pick<Program, "texts"> = {},
): Promise<Record<string, unknown> | undefined> {
  const { remediateResource } = policyOf(rule, program);
  const props = await remediateResource?.(asEngine(resource, thresholdsOf(rule)));
  return props ?? undefined;
}

function policyOf(
  rule: Rule,
  { config = {}, run = "preview", texts }: Omit<Program, "resources" | "policyConfig">,
) {
  const context = {
    ...policyContextOf(config, { now, preview: run === "preview" }),
    ...(texts && { texts }),
    exceptions: new Map(),
  };
  return toPolicy(rule, context) as {
    validateResource?: ResourceValidation;
    validateStack?: StackValidation;
    remediateResource?: ResourceRemediation;
  };
}

/** The part of a message between the subject and the remediation, with both of them checked. */
export function withoutRemediation({ remediation }: Rule, message: string): string {
  if (!message.endsWith(`. ${remediation}`)) throw new Error(`no remediation in: ${message}`);
  return message.slice(0, -remediation.length - 2);
}

function asEngine(
  { type, name, props }: TestResource,
  config: object,
): ResourceValidationArgs & PolicyResource {
  return {
    type,
    name,
    urn: `urn:pulumi:test::test::${type}::${name}`,
    props: proxy.unknownCheckingProxy(props),
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
    getConfig: () => config as never,
    notApplicable,
  };
}

function notApplicable(reason?: string): never {
  throw new Error(reason);
}
