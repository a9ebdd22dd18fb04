import type { EnforcementLevel } from "@pulumi/policy";
import { defectsOf, exceptionName, exceptionsOf, isExcepted } from "./exceptions.ts";
import { exceptionExpiry } from "./fleet.ts";
import type { Rule, WorkflowFinding, WorkflowRule } from "./rule.ts";
import { rules } from "./rules.ts";
import { thresholdsOf } from "./thresholds.ts";
import { findInWorkflow } from "./workflow/find-in-workflow.ts";
import type { WorkflowSource } from "./workflow/workflow.ts";

/** What a policy configuration says of each rule: its level, or its level and settings. */
export type CheckConfig = Readonly<Record<string, EnforcementLevel | RuleConfig>>;

interface RuleConfig {
  readonly enforcementLevel?: EnforcementLevel;
  readonly [setting: string]: unknown;
}

export interface CheckOptions {
  /** "acme/api": exceptions name the repository, and its owner's workflows need no pin. */
  readonly repository?: string | undefined;
  readonly config?: CheckConfig | undefined;
  readonly now: Date;
}

/** A rule that a file breaks. */
export interface CheckFinding {
  readonly rule: Rule;
  readonly level: "mandatory" | "advisory";
  /** The file's path as it was given; none for the policy configuration. */
  readonly path: string | undefined;
  readonly line: number;
  /** "must …", with the full stop. */
  readonly message: string;
}

/** The rules that are about text alone. */
export const workflowRules = rules.filter((rule): rule is WorkflowRule => rule.kind === "workflow");

/**
 * Judges workflow files by the rules of the pack, without engine and network.
 *
 * @param files each with the path that findings name, and its text
 */
export async function checkWorkflows(
  files: readonly { readonly path: string; readonly text: string }[],
  { repository, config = {}, now }: CheckOptions,
): Promise<CheckFinding[]> {
  const [owner, name] = repository?.split("/") ?? [];
  const findings: CheckFinding[] = [...lapsedExceptions(config, now)];
  for (const { path, text } of files) {
    const place = { ...(owner && { owner }), ...(name && { repository: name }) };
    const source: WorkflowSource = { path, text, managed: false, ...place };
    const subject = { name: path, props: { repository: name } };
    for (const rule of workflowRules) {
      const { level, settings } = configOf(rule, config);
      if (level === "disabled" || isExcepted(exceptionsOf(settings), subject, now)) continue;
      for (const { line, must } of await judge(rule, source, settings))
        findings.push({ rule, level, path, line, message: `must ${must}.` });
    }
  }
  return findings;
}

/** An error's text may hold what stands in the file, so it stays here. */
async function judge(
  rule: WorkflowRule,
  source: WorkflowSource,
  settings: object,
): Promise<readonly WorkflowFinding[]> {
  try {
    return await findInWorkflow(rule, source, thresholdsOf(rule, settings));
  } catch {
    return [{ line: 1, must: `be something that the rule ${rule.id} can judge` }];
  }
}

function* lapsedExceptions(config: CheckConfig, now: Date): Iterable<CheckFinding> {
  const { level } = configOf(exceptionExpiry, config);
  if (level === "disabled") return;
  for (const rule of workflowRules) {
    for (const [index, exception] of exceptionsOf(configOf(rule, config).settings).entries()) {
      for (const must of defectsOf(exception, now)) {
        const message = `${exceptionName(rule.id, index, exception)} must ${must}.`;
        yield { rule: exceptionExpiry, level, path: undefined, line: 1, message };
      }
    }
  }
}

function configOf({ id, level }: Rule, config: CheckConfig) {
  const said: EnforcementLevel | RuleConfig = config[id] ?? {};
  const { enforcementLevel = level, ...settings } =
    typeof said === "string" ? { enforcementLevel: said } : said;
  // What could be repaired and was not is as bad as what could not.
  const judged = enforcementLevel === "remediate" ? "mandatory" : enforcementLevel;
  return { level: judged, settings };
}
