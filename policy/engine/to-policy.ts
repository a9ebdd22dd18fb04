import type {
  ReportViolation,
  ResourceRemediation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { Exception } from "../model/rule.ts";
import { configSchemaOf, exceptionsOf, isExcepted } from "../config/exceptions.ts";
import type {
  Resource,
  ResourceRule,
  Rule,
  StackRule,
  PolicyContext,
  WorkflowRule,
} from "../model/rule.ts";
import { withDeclaredSecret } from "../config/secret-names.ts";
import { onHost } from "../model/publishing-host.ts";
import { learnFromProvider } from "../model/policy-context.ts";
import { stackType } from "../model/resource-types.ts";
import { subjectOf } from "../model/subject-of.ts";
import { isUnknownValue, withoutSecretPath } from "../model/unknown-value.ts";
import {
  appliesTo,
  judgeWorkflowsOf,
  remediateWorkflowsOf,
  type FileAccess,
} from "../judge/workflow-resources.ts";

/** The common configuration of a pack's policies. Each adds its exceptions. */
export type PackContext = PolicyContext & { exceptions: Map<string, readonly Exception[]> };

/** A rule in the form that the engine runs. https://www.pulumi.com/docs/insights/policy/ */
export function toPolicy(
  rule: Rule,
  context: PackContext,
): ResourceValidationPolicy | StackValidationPolicy {
  const card = {
    name: rule.id,
    description: rule.description,
    enforcementLevel: rule.level,
    severity: rule.severity,
    remediationSteps: rule.remediation,
    url: rule.source,
    configSchema: configSchemaOf(rule),
  };
  switch (rule.kind) {
    case "resource":
      return { ...card, ...validateAlone(rule, context) };
    case "workflow":
      return {
        ...card,
        ...validateAlone(rule, context),
        ...(rule.remediate && { remediateResource: remediation(rule, context) }),
      };
    case "stack":
      return { ...card, ...validateTogether(rule, context) };
  }
}

/**
 * Each resource is judged when it is registered. If preview does not know a value yet, the engine
 * reports that the rule could not run. Resources with unknown values, and resources that were never
 * registered (`--target`), are judged once more with the whole stack. Every resource is judged, and
 * nothing is reported twice.
 */
function validateAlone(
  rule: ResourceRule | WorkflowRule,
  context: PackContext,
): Pick<ResourceValidationPolicy & StackValidationPolicy, "validateResource" | "validateStack"> {
  const progress = new Map<string, "open" | "judged">();

  const judge = async (
    resource: Resource,
    given: object,
    report: ReportViolation,
    isUntouched = false,
  ) => {
    if (isExcepted(exceptionsOf(given), resource, context.now)) return;
    const config = withDeclaredSecret(rule, given, context);
    const say = (must: string) => report(message(rule, resource, must, context), resource.urn);
    if (rule.kind === "workflow") {
      const files = { ...filesOf(context), isLeftOut: isUntouched };
      await judgeWorkflowsOf(resource, rule, config, say, files);
      return;
    }
    for (const must of rule.judge(resource, config, context)) say(must);
  };

  return {
    validateResource(resource, reportViolation) {
      learnFromProvider(context, resource);
      // The stack's own outputs come last, so they are judged then.
      if (!appliesTo(rule, resource) || resource.type === stackType) return;
      if (isLeftOut(resource)) return;
      progress.set(resource.urn, "open");
      return guard(rule, resource, context, reportViolation, () =>
        judge(resource, resource.getConfig(), reportViolation),
      ).then(() => void progress.set(resource.urn, "judged"));
    },

    async validateStack({ resources, getConfig }, reportViolation) {
      const config = getConfig<object>();
      for (const resource of resources) learnFromProvider(context, resource);
      context.exceptions.set(rule.id, exceptionsOf(config));
      for (const resource of resources) {
        const state = progress.get(resource.urn);
        if (state === "judged" || !appliesTo(rule, resource) || isLeftOut(resource)) continue;
        if (state === undefined && rule.kind === "resource" && rule.registeredOnly) continue;
        try {
          await guard(rule, resource, context, reportViolation, () =>
            judge(resource, config, reportViolation, state === undefined),
          );
        } catch (error) {
          // A preview has reported this already; the next resource may be known.
          if (state !== "open") throw error;
        }
      }
    },
  };
}

/**
 * The engine shows resources that an update does not create (`--target`) without any property.
 * Components never have any.
 */
function isLeftOut({ type, props }: Resource): boolean {
  return /^(?:ghcr:index:|github:index\/)/.test(type) && Object.keys(props).length === 0;
}

function validateTogether(
  rule: StackRule,
  context: PackContext,
): Pick<ResourceValidationPolicy & StackValidationPolicy, "validateResource" | "validateStack"> {
  const registered = new Set<string>();
  return {
    validateResource: ({ urn }) => void registered.add(urn),
    async validateStack({ resources, getConfig }, reportViolation) {
      const config = getConfig<object>();
      const exceptions = exceptionsOf(config);
      for (const resource of resources) learnFromProvider(context, resource);
      context.exceptions.set(rule.id, exceptions);
      await guard(rule, undefined, context, reportViolation, () => {
        const thresholds = withDeclaredSecret(rule, config, context);
        const present = resources.filter((resource) => !isLeftOut(resource));
        const around = { ...context, registered, leavesOut: present.length < resources.length };
        for (const { resource, must } of rule.judge(present, thresholds, around)) {
          if (resource && isExcepted(exceptions, resource, context.now)) continue;
          reportViolation(message(rule, resource, must, context), resource?.urn);
        }
      });
    },
  };
}

function remediation(rule: WorkflowRule, context: PackContext): ResourceRemediation {
  return async (resource) => {
    if (!appliesTo(rule, resource)) return undefined;
    const config = resource.getConfig<object>();
    try {
      if (isExcepted(exceptionsOf(config), resource, context.now)) return undefined;
      return await remediateWorkflowsOf(resource, rule, config, filesOf(context));
    } catch (error) {
      if (isUnknownValue(error)) throw withoutSecretPath(error);
      // The rule is judged next, and reports the problem without the value.
      return undefined;
    }
  };
}

/**
 * The error's text and stack are dropped, because they may quote the rule's input, which can contain a
 * secret.
 */
async function guard(
  rule: Rule,
  resource: Resource | undefined,
  context: PackContext,
  report: ReportViolation,
  judge: () => Promise<void> | void,
): Promise<void> {
  try {
    await judge();
  } catch (error) {
    if (isUnknownValue(error)) throw withoutSecretPath(error);
    report(
      message(rule, resource, `be something that the rule ${rule.id} can judge`, context),
      resource?.urn,
    );
  }
}

function filesOf({ texts, host }: PackContext): Pick<FileAccess, "texts" | "registry"> {
  return { texts, registry: host?.registry };
}

function message(
  { remediation }: Rule,
  resource: Resource | undefined,
  must: string,
  { host }: PackContext,
): string {
  return onHost(`${subjectOf(resource)} must ${must}. ${remediation}`, host);
}
