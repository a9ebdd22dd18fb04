import type { WorkflowRule } from "../model/rule.ts";
import { parseSource } from "../workflow/read-workflow.ts";
import type { Workflow, WorkflowSource } from "../workflow/workflow.ts";

/**
 * The text after a rule has repaired what it can, with its comments; nothing if there was nothing to
 * repair, or if the file is not YAML that can be written back.
 */
export function remediatedText(
  source: WorkflowSource,
  rule: Pick<WorkflowRule, "judge" | "remediate">,
  thresholds: object,
): string | undefined {
  const workflow = parseSource(source);
  if (workflow.problems.length > 0 || !workflow.root || !rule.remediate) return undefined;
  if ([...rule.judge(workflow, thresholds)].length === 0) return undefined;
  const before = written(workflow);
  rule.remediate(workflow, thresholds);
  const text = written(workflow);
  return text === before ? undefined : text;
}

/** The file's own line ends and indentation, as far as they can be detected. */
function written({ document, text }: Workflow): string {
  return document.toString({
    lineWidth: 0,
    flowCollectionPadding: /[[{] +[^\s\]}]/.test(text),
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
}
