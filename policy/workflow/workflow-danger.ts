import type { WorkflowFinding, WorkflowRule } from "../rule.ts";
import { parseExpression, readsOf, type Read } from "./expressions.ts";
import { runsAction } from "./uses.ts";
import type { Expression, Workflow } from "./workflow.ts";
import { textOf } from "./yaml-nodes.ts";

const dangerousTriggers = ["pull_request_target", "workflow_run", "issue_comment"];

/** These run with the repository's secrets on what anybody may send. */
export const workflowNoDangerousTrigger: WorkflowRule = {
  kind: "workflow",
  id: "workflow-no-dangerous-trigger",
  level: "mandatory",
  severity: "critical",
  description: `No workflow is triggered by ${dangerousTriggers.join(", ")}.`,
  remediation: "Use pull_request, which runs without secrets, or push.",
  source:
    "https://docs.github.com/en/actions/reference/security/secure-use#mitigating-the-risks-of-untrusted-code-checkout",
  sees: "Every workflow file.",
  *judge({ triggers }) {
    for (const name of dangerousTriggers) {
      const trigger = triggers.get(name);
      if (trigger) yield { line: trigger.line, must: `not be triggered by ${name}` };
    }
  },
};

/** GitHub pastes an expression's value into the script before a shell reads it. */
export const workflowNoInjection: WorkflowRule = {
  kind: "workflow",
  id: "workflow-no-injection",
  level: "mandatory",
  severity: "critical",
  description: "No script contains an expression whose value somebody outside may choose.",
  remediation: "Put the value into env, and let the script read the quoted variable.",
  source: "https://docs.github.com/en/actions/concepts/security/script-injections",
  sees: "Every workflow file: `run`, and the script inputs of actions. Scripts that a workflow calls are not read.",
  *judge(workflow) {
    for (const expression of workflow.expressions) {
      if (!isScript(expression)) continue;
      const reads = readsOf(parseExpression(expression.text)).filter(({ shown }) => shown);
      if (reads.some((read) => isUntrusted(workflow, read, expression.path)))
        yield { line: expression.line, must: "paste nothing into a script that others may choose" };
    }
  },
};

/** One compromised step must not get what it does not need. */
export const workflowNoAllSecrets: WorkflowRule = {
  kind: "workflow",
  id: "workflow-no-all-secrets",
  level: "mandatory",
  severity: "high",
  description:
    "No workflow hands over all secrets at once: no toJSON(secrets), no secrets: inherit.",
  remediation: "Name each secret: ${{ secrets.NAME }}.",
  source:
    "https://docs.github.com/en/actions/reference/security/secure-use#use-secrets-for-sensitive-information",
  sees: "Every workflow file.",
  *judge({ expressions, jobs, yaml, lineOf }) {
    for (const { text, line } of expressions) {
      const whole = readsOf(parseExpression(text)).some(
        ({ path: [context, name] }) =>
          context === "secrets" && (name === undefined || name === "*"),
      );
      if (whole) yield { line, must: "name the secrets that it uses, one by one" };
    }
    for (const { node } of jobs) {
      const secrets = yaml.at(node, "secrets");
      if (textOf(secrets) === "inherit")
        yield { line: lineOf(secrets), must: "name the secrets that it hands over, one by one" };
    }
  },
};

/** Otherwise every later step finds the job's token in .git. */
export const workflowNoPersistedCredentials: WorkflowRule = {
  kind: "workflow",
  id: "workflow-no-persisted-credentials",
  level: "mandatory",
  severity: "medium",
  description: "actions/checkout leaves no credentials behind.",
  remediation: "Add `persist-credentials: false` below `with`.",
  source: "https://github.com/actions/checkout#usage",
  sees: "Every workflow file.",
  *judge(workflow): Iterable<WorkflowFinding> {
    for (const { line } of persistingCheckouts(workflow))
      yield { line, must: "set persist-credentials: false at actions/checkout" };
  },
  remediate(workflow) {
    for (const { node } of persistingCheckouts(workflow))
      node.setIn(["with", "persist-credentials"], false);
  },
};

function persistingCheckouts({ jobs, yaml }: Workflow) {
  return jobs
    .flatMap(({ steps }) => steps)
    .filter((step) => runsAction(step, "actions/checkout"))
    .filter(({ node }) => textOf(yaml.at(node, "with", "persist-credentials")) !== "false");
}

function isScript({ key, path }: Expression): boolean {
  return key === "run" || (path.includes("with") && /^(?:script|inlineScript|run)$/.test(key));
}

/**
 * Contexts whose value somebody outside may choose: GitHub names the endings.
 * https://docs.github.com/en/actions/concepts/security/script-injections
 */
const untrustedEndings = new Set([
  ...["body", "default_branch", "email", "head_ref", "label", "message", "name", "page_name"],
  ...["ref", "ref_name", "title", "*"],
]);

function isUntrusted(workflow: Workflow, { path }: Read, place: readonly string[]): boolean {
  const [context = "", second, third] = path;
  switch (context) {
    case "github":
      return isUntrustedEvent(workflow, path);
    case "inputs":
      return isFreeInput(workflow, second);
    // A variable that is pasted is as good as the expression that it was set from.
    case "env":
      return second !== undefined && isUntrustedVariable(workflow, second, place);
    // What a step put out may be what it took in, but nothing here says so.
    case "needs":
    case "steps":
      return third === "*" || second === undefined;
    default:
      return false;
  }
}

function isUntrustedEvent(workflow: Workflow, path: readonly string[]): boolean {
  const [, second, third, fourth] = path;
  if (second === undefined || second === "event_path") return second === undefined;
  if (second !== "event") return untrustedEndings.has(second);
  if (third === undefined) return true;
  if (third === "inputs") return isFreeInput(workflow, fourth);
  // The repository itself is named by those who own it.
  if (third === "repository") return path.length === 3;
  return untrustedEndings.has(path.at(-1) ?? "");
}

/** Inputs of a type that holds free text. */
function isFreeInput({ triggers, yaml }: Workflow, name: string | undefined): boolean {
  if (name === undefined || name === "*") return true;
  const types = ["workflow_dispatch", "workflow_call"].flatMap((event) => {
    const inputs = yaml.entries(yaml.at(triggers.get(event)?.settings, "inputs"));
    const input = inputs.find(({ key }) => key.toLowerCase() === name);
    return input ? [textOf(yaml.at(input.value, "type")) ?? "string"] : [];
  });
  return types.length === 0 || types.some((type) => type === "string");
}

function isUntrustedVariable(workflow: Workflow, name: string, place: readonly string[]): boolean {
  return workflow.expressions.some(({ key, path, text }) => {
    const scope = path.slice(0, -2);
    const inReach = path.at(-2) === "env" && scope.every((each, index) => each === place[index]);
    if (!inReach || key.toLowerCase() !== name) return false;
    return readsOf(parseExpression(text)).some(
      (read) => read.shown && read.path[0] !== "env" && isUntrusted(workflow, read, place),
    );
  });
}
