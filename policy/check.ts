import { defectsOf, exceptionName, exceptionsOf, isExcepted } from "./config/exceptions.ts";
import { exceptionExpiry } from "./rules/fleet.ts";
import { configOf, type PolicyConfig } from "./policy-config.ts";
import type { Rule, WorkflowRule } from "./model/rule.ts";
import { onHost, type PublishingHost } from "./model/publishing-host.ts";
import { rules } from "./rules.ts";
import { withDeclaredSecret } from "./config/secret-names.ts";
import { findInWorkflow } from "./judge/find-in-workflow.ts";
import { workflowLocked } from "./rules/workflow-locked.ts";
import { readWorkflow } from "./workflow/read-workflow.ts";
import { findUnlocked } from "./workflow/workflow-lock.ts";
import { withCallees } from "./workflow/callees.ts";
import type { WorkflowFinding, WorkflowSource } from "./workflow/workflow.ts";

/** A broken rule. */
export interface CheckFinding {
  readonly rule: Rule;
  readonly level: "mandatory" | "advisory";
  /** The file's path as given to the function; absent for the policy configuration. */
  readonly path: string | undefined;
  readonly line: number;
  /** "must …", or "api must …", with the full stop. */
  readonly message: string;
}

export interface CheckOptions {
  /** "acme/api": exceptions name the repository, and workflows of its owner need no pin. */
  readonly repository?: string | undefined;
  readonly config?: PolicyConfig | undefined;
  /** Whether a fleet manages the files, so that the rules for its own files apply. */
  readonly managed?: boolean | undefined;
  /** Branch whose pushes publish, if known. */
  readonly branch?: string | undefined;
  /** Later versions of the templates' actions that were found to be released; one a line. */
  readonly newerPins?: string | undefined;
  /** The fleet's name for the publishing secret, if there is a fleet. */
  readonly declaredSecret?: string | undefined;
  /** Where the files publish; github.com if absent. */
  readonly host?: PublishingHost | undefined;
  readonly now: Date;
}

/** The rules that only need the text. */
export const workflowRules = rules.filter((rule): rule is WorkflowRule => rule.kind === "workflow");

/**
 * Judges workflow files by the rules of the pack, without engine and network.
 *
 * @param files each with its text, the path for the findings, and the lockfile beside it
 */
export async function checkWorkflows(
  files: readonly { readonly path: string; readonly text: string; readonly lock?: string }[],
  {
    repository,
    managed = false,
    branch,
    newerPins,
    config = {},
    declaredSecret,
    host,
    now,
  }: CheckOptions,
): Promise<CheckFinding[]> {
  const [owner, name] = repository?.split("/") ?? [];
  const place = {
    ...(host && { registry: host.registry }),
    ...(owner && { owner }),
    ...(name && { repository: name }),
  };
  const sources = files.map(({ path, text }) => ({
    ...{ path, text, managed, ...place },
    ...(branch && { branch }),
    ...(newerPins && { newerPins }),
  }));
  const locks = new Map(files.map(({ path, lock }) => [path, lock]));
  const findings = new Map<string, CheckFinding>();
  for (const source of await withCallees(sources)) {
    const { path } = source;
    const subject = { name: path, props: { repository: name } };
    for (const rule of workflowRules) {
      const defaultLevel = rule.isStyle && !managed ? "advisory" : rule.level;
      const { level, settings } = configOf(rule, config, defaultLevel);
      if (level === "disabled" || isExcepted(exceptionsOf(settings), subject, now)) continue;
      const thresholds = withDeclaredSecret(rule, settings, { declaredSecret });
      for (const { line, must } of await judge(rule, source, thresholds)) {
        // An anchor and its aliases are at one line, and make one finding.
        const key = [path, rule.id, line, must].join(" ");
        findings.set(key, { rule, level, path, line, message: onHost(`must ${must}.`, host) });
      }
    }
    const lock = locks.get(path);
    const { level, settings } = configOf(workflowLocked, config);
    const isJudged = level !== "disabled" && !isExcepted(exceptionsOf(settings), subject, now);
    if (lock === undefined || !isJudged) continue;
    for (const { line, must } of findUnlocked(await readWorkflow(source), lock)) {
      const rule = workflowLocked;
      const key = [path, rule.id, line, must].join(" ");
      findings.set(key, { rule, level, path, line, message: `must ${must}.` });
    }
  }
  return [...findings.values()];
}

/** The error's text is dropped, because it may quote the file, which can contain a secret. */
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

/** The problems of the exceptions in a policy configuration. */
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
