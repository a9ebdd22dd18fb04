import type { WorkflowFinding } from "./workflow-finding.ts";
import { quotable } from "../quotable.ts";
import { withoutImageNames } from "./image-names.ts";

/** What GitHub's parser says, in words that quote nothing of the file. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/^Unexpected value/, "hold no key or value that GitHub does not know here"],
  [/is already defined/, "not define the same key twice"],
  [/^Unrecognized named-value/, "use no context that GitHub does not know here"],
  [/^Unrecognized function/, "use no function that GitHub does not know here"],
  [/^(?:Unexpected symbol|Unexpected end)|expression is not closed/, "hold expressions that parse"],
  [/parameters supplied/, "give each function the parameters it takes"],
  [/expression is not allowed/, "hold no expression where GitHub takes none"],
  [/^A (?:sequence|mapping) was not expected/, "have the shape that GitHub expects"],
  [/at least one job with no dependencies/, "have a job that needs no other"],
  [/unknown job|cycle in the dependency/, "need only jobs that can run before"],
  [/unknown step ID|cannot reference itself/, "refer to steps that are there"],
  [/^Invalid cron expression/, "have a schedule that cron reads"],
];

/** Verdicts by text. */
const verdicts = new Map<string, readonly WorkflowFinding[]>();
const mostVerdicts = 256;

/** Why GitHub would not run this workflow; nothing where it would. */
export async function githubProblems(text: string): Promise<readonly WorkflowFinding[]> {
  const alike = withoutImageNames(text);
  const verdict = await remember(alike);
  return verdict.length === 0 || alike === text ? verdict : remember(text);
}

async function remember(text: string): Promise<readonly WorkflowFinding[]> {
  const known = verdicts.get(text);
  if (known) return known;
  const verdict = await parse(text);
  if (verdicts.size >= mostVerdicts) verdicts.clear();
  verdicts.set(text, verdict);
  return verdict;
}

async function parse(text: string): Promise<WorkflowFinding[]> {
  const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } =
    await import("./github-language.ts");
  const file = { name: "workflow", content: text };
  const { context, value } = parseWorkflow(file, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  const found = context.errors.getErrors().map(({ rawMessage, range }) => ({
    line: range?.start.line ?? 1,
    must: phraseFor(rawMessage),
  }));
  return found.length > 0 || value ? found : [{ line: 1, must: "be a workflow" }];
}

function phraseFor(message: string): string {
  const missing = quotable(/^Required property is missing: (\S+)$/.exec(message)?.[1]);
  if (missing) return `have the property ${missing}`;
  const phrase = phrases.find(([pattern]) => pattern.test(message))?.[1];
  return phrase ?? "be a workflow that GitHub's parser takes";
}
