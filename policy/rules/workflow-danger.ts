import { isAlias, isMap } from "yaml";
import type { WorkflowRule } from "../model/rule.ts";
import { parseExpression, readsOf } from "../workflow/language/expressions.ts";
import { showsUntrusted } from "../workflow/untrusted.ts";
import { runsAction } from "../workflow/language/uses.ts";
import type { Expression, Workflow, WorkflowFinding } from "../workflow/workflow.ts";
import { textOf } from "../workflow/language/yaml-nodes.ts";

const dangerousTriggers = ["pull_request_target", "workflow_run", "issue_comment"];

/** These events run with the repository's secrets on content that anybody can send. */
export const workflowNoDangerousTrigger: WorkflowRule = {
  kind: "workflow",
  id: "workflow-no-dangerous-trigger",
  level: "mandatory",
  severity: "critical",
  description: `No workflow is triggered by ${dangerousTriggers.join(", ")}.`,
  remediation: "Use pull_request, which runs without secrets, or push.",
  source:
    "https://docs.github.com/en/actions/reference/security/secure-use#mitigating-the-risks-of-untrusted-code-checkout",
  sees: "Every workflow file, and the actions in .github/actions.",
  *judge({ triggers }) {
    for (const name of dangerousTriggers) {
      const trigger = triggers.get(name);
      if (trigger) yield { line: trigger.line, must: `not be triggered by ${name}` };
    }
  },
};

const injectionSees =
  "Every workflow file, and the actions in .github/actions: `run`, and the script inputs of actions; values are followed through env, the matrix, and outputs of scripts and jobs, also into the environment of later steps. Scripts that a workflow calls are not read.";

/** GitHub inserts an expression's value into the script before a shell reads it. */
export const workflowNoInjection: WorkflowRule = {
  kind: "workflow",
  id: "workflow-no-injection",
  level: "mandatory",
  severity: "critical",
  description: "No script contains an expression whose value an outsider may choose.",
  remediation: "Put the value into env, and let the script read the quoted variable.",
  source: "https://docs.github.com/en/actions/concepts/security/script-injections",
  sees: `${injectionSees} Values that only people with write access choose are judged by workflow-no-injection-by-writers.`,
  *judge(workflow) {
    for (const line of pastedLines(workflow, "strangers"))
      yield { line, must: "insert no value into a script that outsiders may choose" };
  },
};

/** People who may push can run any code, but not with the permissions of every workflow. */
export const workflowNoInjectionByWriters: WorkflowRule = {
  kind: "workflow",
  id: "workflow-no-injection-by-writers",
  level: "advisory",
  severity: "medium",
  description:
    "No script contains an expression whose value people with write access may choose, such as a tag, a branch or an input of a manual start.",
  remediation: "Put the value into env, and let the script read the quoted variable.",
  source: "https://docs.github.com/en/actions/concepts/security/script-injections",
  sees: injectionSees,
  *judge(workflow) {
    const strangers = new Set(pastedLines(workflow, "strangers"));
    for (const line of pastedLines(workflow, "anyone"))
      if (!strangers.has(line))
        yield {
          line,
          must: "insert no value of a tag, a branch or an input into a script",
        };
  },
};

function pastedLines(workflow: Workflow, by: "anyone" | "strangers"): Set<number> {
  const lines = workflow.expressions
    .filter(isScript)
    .filter(({ text, scopes }) => showsUntrusted(workflow, text, scopes, by))
    .map(({ line }) => line);
  return new Set(lines);
}

/** A compromised step must not get secrets that it does not need. */
export const workflowNoAllSecrets: WorkflowRule = {
  kind: "workflow",
  id: "workflow-no-all-secrets",
  level: "mandatory",
  severity: "high",
  description: "No workflow passes all secrets at once: no toJSON(secrets), no secrets: inherit.",
  remediation: "Name each secret: ${{ secrets.NAME }}.",
  source:
    "https://docs.github.com/en/actions/reference/security/secure-use#use-secrets-for-sensitive-information",
  sees: "Every workflow file, and the actions in .github/actions.",
  *judge({ expressions, jobs, yaml, lineOf }) {
    const lines = expressions.filter(({ text }) => readsAllSecrets(text)).map(({ line }) => line);
    for (const line of new Set(lines))
      yield { line, must: "name the secrets that it uses, one by one" };
    for (const { node } of jobs) {
      const secrets = yaml.at(node, "secrets");
      if (textOf(secrets) === "inherit")
        yield { line: lineOf(secrets), must: "name the secrets that it passes, one by one" };
    }
  },
};

function readsAllSecrets(expression: string): boolean {
  return readsOf(parseExpression(expression)).some(
    ({ path: [context, name] }) => context === "secrets" && (name === undefined || name === "*"),
  );
}

/** Otherwise every later step finds the job's token in .git. */
export const workflowNoPersistedCredentials: WorkflowRule = {
  kind: "workflow",
  id: "workflow-no-persisted-credentials",
  level: "mandatory",
  severity: "medium",
  description: "actions/checkout leaves no credentials behind.",
  remediation: "Add `persist-credentials: false` below `with`.",
  source: "https://github.com/actions/checkout#usage",
  sees: "Every workflow file, and the actions in .github/actions.",
  *judge(workflow): Iterable<WorkflowFinding> {
    for (const { line } of persistingCheckouts(workflow))
      yield { line, must: "set persist-credentials: false at actions/checkout" };
  },
  remediate(workflow) {
    for (const { node } of persistingCheckouts(workflow)) {
      const inputs = node.get("with", true);
      // Nodes behind an alias may belong to other steps, too.
      if (isAlias(inputs)) continue;
      if (!isMap(inputs)) node.set("with", workflow.document.createNode({ [input]: false }));
      else {
        const [same] = inputs.items.filter(({ key }) => textOf(key)?.toLowerCase() === input);
        inputs.set(same?.key ?? input, false);
      }
    }
  },
};

const input = "persist-credentials";

function persistingCheckouts({ jobs, yaml }: Workflow) {
  return jobs
    .flatMap(({ steps }) => steps)
    .filter((step) => runsAction(step, "actions/checkout"))
    .filter(
      ({ node }) => textOf(yaml.find(yaml.at(node, "with"), input))?.toLowerCase() !== "false",
    );
}

/** The names of inputs are case-insensitive. */
function isScript({ key, path }: Expression): boolean {
  const isInput = path.at(-2) === "with";
  return key === "run" || (isInput && /^(?:script|inlineScript|run|command|cmd)$/i.test(key));
}
