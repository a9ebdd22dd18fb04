import { defectsOf, exceptionName, exceptionsOf, isExcepted } from "./config/exceptions.ts";
import { exceptionExpiry } from "./rules/fleet.ts";
import { configOf, type PolicyConfig } from "./policy-config.ts";
import type { Rule, WorkflowRule } from "./model/rule.ts";
import { rules } from "./rules.ts";
import { withDeclaredSecret } from "./config/secret-names.ts";
import { findInWorkflow } from "./judge/find-in-workflow.ts";
import { withCallees } from "./workflow/callees.ts";
import type { WorkflowFinding, WorkflowSource } from "./workflow/workflow.ts";

/** A rule that something breaks. */
export interface CheckFinding {
  readonly rule: Rule;
  readonly level: "mandatory" | "advisory";
  /** The file's path as it was given; none for the policy configuration. */
  readonly path: string | undefined;
  readonly line: number;
  /** "must …", or "api must …", with the full stop. */
  readonly message: string;
}

export interface CheckOptions {
  /** "acme/api": exceptions name the repository, and its owner's workflows need no pin. */
  readonly repository?: string | undefined;
  readonly config?: PolicyConfig | undefined;
  /** Whether a fleet manages the files, and holds them to what it wants of its own. */
  readonly managed?: boolean | undefined;
  /** Branch whose pushes publish, where that is known. */
  readonly branch?: string | undefined;
  /** The name that the fleet gives the publishing secret, where there is a fleet. */
  readonly declaredSecret?: string | undefined;
  readonly now: Date;
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
  { repository, managed = false, branch, config = {}, declaredSecret, now }: CheckOptions,
): Promise<CheckFinding[]> {
  const [owner, name] = repository?.split("/") ?? [];
  const place = { ...(owner && { owner }), ...(name && { repository: name }) };
  const sources = files.map(({ path, text }) => ({
    ...{ path, text, managed, ...place },
    ...(branch && { branch }),
  }));
  const findings = new Map<string, CheckFinding>();
  for (const source of await withCallees(sources)) {
    const { path } = source;
    const subject = { name: path, props: { repository: name } };
    for (const rule of workflowRules) {
      const unlessSaid = rule.isStyle && !managed ? "advisory" : rule.level;
      const { level, settings } = configOf(rule, config, unlessSaid);
      if (level === "disabled" || isExcepted(exceptionsOf(settings), subject, now)) continue;
      const thresholds = withDeclaredSecret(rule, settings, { declaredSecret });
      for (const { line, must } of await judge(rule, source, thresholds)) {
        // What an anchor repeats is at one line, and is one finding.
        const key = [path, rule.id, line, must].join(" ");
        findings.set(key, { rule, level, path, line, message: `must ${must}.` });
      }
    }
  }
  return [...findings.values()];
}

/** The error's text is dropped: it may quote the file, which can hold a secret. */
async function judge(
  rule: WorkflowRule,
  source: WorkflowSource,
  settings: object,
): Promise<readonly WorkflowFinding[]> {
  try {
    return await findInWorkflow(rule, source, settings);
  } catch {
    return [{ line: 1, must: `be something that the rule ${rule.id} can judge` }];
  }
}

/** What is wrong with the exceptions that a policy configuration makes. */
export function checkExceptions(config: PolicyConfig, now: Date): CheckFinding[] {
  const { level } = configOf(exceptionExpiry, config);
  if (level === "disabled") return [];
  return rules.flatMap((rule) =>
    exceptionsOf(configOf(rule, config).settings).flatMap((exception, index) =>
      [...defectsOf(exception, now)].map((must) => ({
        rule: exceptionExpiry,
        level,
        path: undefined,
        line: 1,
        message: `${exceptionName(rule.id, index, exception)} must ${must}.`,
      })),
    ),
  );
}
