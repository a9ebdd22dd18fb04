import type { WorkflowRule } from "../model/rule.ts";
import { withoutImageNames } from "../workflow/image-names.ts";
import { readWorkflow } from "../workflow/read-workflow.ts";
import type { WorkflowFinding, WorkflowSource } from "../workflow/workflow.ts";

/** By text: whether a rule finds nothing, by the other data that it may read. */
const verdicts = new Map<string, Map<string, boolean>>();
const mostTexts = 256;

/**
 * The findings of a rule in a file. Files that differ only in the names of images share a verdict if it
 * has no findings; otherwise each is judged separately.
 */
export async function findInWorkflow(
  rule: WorkflowRule,
  source: WorkflowSource,
  thresholds: object,
): Promise<readonly WorkflowFinding[]> {
  const alike = { ...source, text: withoutImageNames(source.text, source.registry) };
  const known = verdictsOn(alike.text);
  const key = keyOf(rule, source, thresholds);
  const spotless = known.get(key) ?? (await judge(rule, alike, thresholds)).length === 0;
  known.set(key, spotless);
  return spotless ? [] : judge(rule, source, thresholds);
}

function verdictsOn(text: string): Map<string, boolean> {
  const known = verdicts.get(text) ?? new Map<string, boolean>();
  if (verdicts.size >= mostTexts) verdicts.clear();
  verdicts.set(text, known);
  return known;
}

async function judge(rule: WorkflowRule, source: WorkflowSource, thresholds: object) {
  return [...rule.judge(await readWorkflow(source), thresholds)];
}

/** Rules look up a repository only in their thresholds, so all other repositories share a verdict. */
function keyOf(rule: WorkflowRule, source: WorkflowSource, thresholds: object): string {
  const { path, managed, registry, owner, branch, repository, newerPins } = source;
  const { callees, isCalled, isForPush } = source;
  const lists = Object.values(thresholds).filter((value) => Array.isArray(value));
  const named = lists.some((list) => list.includes(repository)) ? repository : undefined;
  return JSON.stringify([
    rule.id,
    thresholds,
    path,
    managed,
    registry,
    owner,
    branch,
    named,
    callees,
    isCalled,
    isForPush,
    newerPins,
  ]);
}
