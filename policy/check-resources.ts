import type { CheckFinding } from "./check.ts";
import { exceptionsOf, isExcepted } from "./config/exceptions.ts";
import { configOf, type PolicyConfig } from "./policy-config.ts";
import type { Resource, Rule, StackFinding, PolicyContext } from "./model/rule.ts";
import { onHost } from "./model/publishing-host.ts";
import { rules } from "./rules.ts";
import { withDeclaredSecret } from "./config/secret-names.ts";
import { subjectOf } from "./model/subject-of.ts";
import { isUnknownValue } from "./model/unknown-value.ts";
import { appliesTo, judgeWorkflowsOf } from "./judge/workflow-resources.ts";

/** What a configuration declares, and the places of its parts. */
export interface Declaration {
  readonly resources: readonly Resource[];
  /** By a resource's URN: the place where it is declared. */
  readonly places: ReadonlyMap<string, Place>;
  /** The place of the whole configuration. */
  readonly whole: Place;
}

export interface Place {
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

export interface ResourceCheck {
  readonly findings: readonly CheckFinding[];
  /** Rules for which a value was not known offline. */
  readonly open: readonly Rule[];
}

/**
 * Judges resources by all rules of the pack, without engine and network, as far as their values are
 * known.
 */
export async function checkResources(
  { resources, places, whole }: Declaration,
  context: PolicyContext,
  config: PolicyConfig = {},
): Promise<ResourceCheck> {
  const findings: CheckFinding[] = [];
  const open: Rule[] = [];
  for (const rule of rules) {
    const { level, settings } = configOf(rule, config);
    if (level === "disabled") continue;
    const say = ({ resource, must }: StackFinding) => {
      if (resource && isExcepted(exceptionsOf(settings), resource, context.now)) return;
      const { path, line } = (resource && places.get(resource.urn)) ?? whole;
      const message = onHost(`${subjectOf(resource)} must ${must}.`, context.host);
      findings.push({ rule, level, path, line, message });
    };
    const thresholds = withDeclaredSecret(rule, settings, context);
    if (!(await judge(rule, resources, thresholds, context, say))) open.push(rule);
  }
  return { findings: withoutDuplicates(findings), open };
}

/** Whether all values that the rule reads were known. */
async function judge(
  rule: Rule,
  resources: readonly Resource[],
  thresholds: object,
  context: PolicyContext,
  say: (finding: StackFinding) => void,
): Promise<boolean> {
  if (rule.kind === "stack") {
    return knows(rule, undefined, say, () => {
      for (const finding of rule.judge(resources, thresholds, context)) say(finding);
      return rule.judgesRefreshed !== true;
    });
  }
  let known = true;
  for (const resource of resources.filter((each) => appliesTo(rule, each))) {
    const saying = (must: string) => {
      say({ resource, must });
    };
    const all = await knows(rule, resource, say, async () => {
      if (rule.kind === "workflow")
        await judgeWorkflowsOf(resource, rule, thresholds, saying, {
          texts: context.texts,
          registry: context.host?.registry,
        });
      else for (const must of rule.judge(resource, thresholds, context)) saying(must);
      return true;
    });
    known &&= all;
  }
  return known;
}

/** The error's text is dropped, because it may quote the rule's input, which can contain a secret. */
async function knows(
  rule: Rule,
  resource: Resource | undefined,
  say: (finding: StackFinding) => void,
  judge: () => Promise<boolean> | boolean,
): Promise<boolean> {
  try {
    return await judge();
  } catch (error) {
    if (isUnknownValue(error)) return false;
    say({ ...(resource && { resource }), must: `be something that the rule ${rule.id} can judge` });
    return true;
  }
}

/** A repository that is declared in two ways, because one value is not known, is reported once. */
function withoutDuplicates(findings: readonly CheckFinding[]): CheckFinding[] {
  const seen = new Map(
    findings.map((each) => [`${each.rule.id} ${each.line} ${each.message}`, each]),
  );
  return [...seen.values()];
}
