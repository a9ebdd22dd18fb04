import { safeToPrint } from "./safe-to-print.ts";
import { withoutImageNames } from "./image-names.ts";
import type { Workflow, WorkflowFinding } from "./workflow.ts";

/** The messages of GitHub's parser, in words that do not quote the file. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/^Unexpected value/, "contain no key or value that GitHub does not know here"],
  [/is already defined/, "not define the same key twice"],
  [/^Unrecognized named-value/, "use no context that GitHub does not know here"],
  [/^Unrecognized function/, "use no function that GitHub does not know here"],
  [
    /^(?:Unexpected symbol|Unexpected end)|expression is not closed/,
    "contain only valid expressions",
  ],
  [/parameters supplied/, "give each function its parameters"],
  [/expression is not allowed/, "contain no expression where GitHub allows none"],
  [/^A (?:sequence|mapping) was not expected/, "have the shape that GitHub expects"],
  [/at least one job with no dependencies/, "have a job that needs no other job"],
  [/unknown job|cycle in the dependency/, "need only jobs that can run before it"],
  [/unknown step ID|cannot reference itself/, "refer to existing steps"],
  [/^Invalid cron expression/, "have a valid cron schedule"],
];

/**
 * What the parser refuses although GitHub runs it. The texts of an action are for people only; the default of an input
 * of type text is converted to text, which the parser does not do; and its schema has the name of another event for
 * `on: [push, repository_dispatch]`.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/action_yaml.json
 * @see
 *   https://github.com/actions/runner/blob/main/src/Sdk/WorkflowParser/ObjectTemplating/TemplateEvaluator.cs
 * @see https://github.com/actions/languageservices/blob/main/workflow-parser/src/workflow-v1.0.json
 */
const takenAnyway: Readonly<Record<Workflow["kind"], RegExp>> = {
  action: /^Required property is missing: (?:name|description)$/,
  workflow:
    /^Unexpected type '(?:Boolean|Number)Token' .*'input default'.* 'StringToken' was expected|^Unexpected value 'repository_dispatch'$/,
};

/** Verdicts by kind and text. */
const verdicts = new Map<string, readonly WorkflowFinding[]>();
const mostVerdicts = 256;

/** Why GitHub would not run this workflow or action; nothing if it would. */
export async function githubProblems(
  kind: Workflow["kind"],
  text: string,
): Promise<readonly WorkflowFinding[]> {
  const alike = withoutImageNames(text);
  const verdict = await remember(kind, alike);
  return verdict.length === 0 || alike === text ? verdict : remember(kind, text);
}

async function remember(kind: Workflow["kind"], text: string): Promise<readonly WorkflowFinding[]> {
  const key = `${kind} ${text}`;
  const known = verdicts.get(key);
  if (known) return known;
  const verdict = await parse(kind, text);
  if (verdicts.size >= mostVerdicts) verdicts.clear();
  verdicts.set(key, verdict);
  return verdict;
}

async function parse(kind: Workflow["kind"], text: string): Promise<WorkflowFinding[]> {
  const { parseAction, parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } =
    await import("./language/github-language.ts");
  const file = { name: kind, content: text };
  const trace = new NoOperationTraceWriter();
  const isAction = kind === "action";
  const { context, value } = isAction ? parseAction(file, trace) : parseWorkflow(file, trace);
  if (value && !isAction) await convertWorkflowTemplate(context, value);
  const found = context.errors
    .getErrors()
    .filter(({ rawMessage }) => !takenAnyway[kind].test(rawMessage))
    .map(({ rawMessage, range }) => ({
      line: range?.start.line ?? 1,
      must: phraseFor(kind, rawMessage),
    }));
  return found.length > 0 || value ? found : [{ line: 1, must: `be ${named[kind]}` }];
}

const named = { workflow: "a workflow", action: "an action" } as const;

function phraseFor(kind: Workflow["kind"], message: string): string {
  const missing = safeToPrint(/^Required property is missing: (\S+)$/.exec(message)?.[1]);
  if (missing) return `have the property ${missing}`;
  const phrase = phrases.find(([pattern]) => pattern.test(message))?.[1];
  return phrase ?? `be ${named[kind]} that GitHub's parser accepts`;
}
