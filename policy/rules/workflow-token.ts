import type { WorkflowRule } from "../model/rule.ts";
import { holdsToken } from "../workflow/safe-to-print.ts";
import { secretNamesSchema, type SecretNames } from "../config/secret-names.ts";
import { expressionsIn, parseExpression, readsOf } from "../workflow/language/expressions.ts";
import { parseUses } from "../workflow/language/uses.ts";
import type { Expression, Step, Workflow } from "../workflow/workflow.ts";
import { textOf } from "../workflow/language/yaml-nodes.ts";

const source =
  "https://docs.github.com/en/actions/reference/security/secure-use#use-secrets-for-sensitive-information";
const everyFile = "Every workflow file, and the actions in .github/actions.";

/** A token in a file is in every clone, and stays in the history after it was removed. */
export const workflowNoLiteralToken: WorkflowRule = {
  kind: "workflow",
  id: "workflow-no-literal-token",
  level: "mandatory",
  severity: "critical",
  description: "No workflow file contains text that looks like a GitHub token.",
  remediation: "Revoke the token, store a new one as a secret, and read it with secrets.NAME.",
  source:
    "https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns",
  sees: `${everyFile} Comments are included, and tokens in base64 are found, too.`,
  *judge({ text }) {
    for (const [index, line] of text.split("\n").entries())
      if (holdsToken(line)) yield { line: index + 1, must: "contain no token" };
  },
};

/** A value inserted into a script is in the process list, and in the log of a shell that traces. */
export const workflowNoPastedToken: WorkflowRule = {
  kind: "workflow",
  id: "workflow-no-pasted-token",
  level: "advisory",
  severity: "medium",
  description:
    "Scripts read tokens and secrets from variables, not from expressions in their text.",
  remediation: "Put the expression into the step's env, and let the script read the variable.",
  source,
  sees: `${everyFile} \`run\` of steps.`,
  *judge({ expressions }) {
    const pasted = expressions.filter(({ key, text }) => key === "run" && readsToken(text));
    for (const line of new Set(pasted.map((each) => each.line)))
      yield { line, must: "insert no token into a script" };
  },
};

/**
 * Variables of a whole workflow or job are visible in every step, also in steps with actions of other
 * people.
 */
export const workflowTokenScope: WorkflowRule<SecretNames> = {
  kind: "workflow",
  id: "workflow-token-scope",
  level: "advisory",
  severity: "medium",
  description: "The publishing secret is not in the env of a workflow or a job.",
  remediation: "Move the variable into the env, or the inputs, of the step that logs in.",
  source,
  sees: `${everyFile} \`env\` at the top and of jobs.`,
  thresholds: secretNamesSchema,
  learnsSecretName: true,
  *judge({ expressions, root, jobs }, { secretNames }) {
    const wide = new Set([root, ...jobs.map(({ node }) => node)]);
    const lines = expressions
      .filter(({ path, text }) => path.at(-2) === "env" && readsSecret(text, secretNames))
      .filter(({ scopes }) => wide.has(enclosing(scopes)))
      .map(({ line }) => line);
    for (const line of new Set(lines))
      yield { line, must: "give the publishing secret only to the step that logs in" };
  },
};

/** The map with the `env`: a step, a job or the workflow. */
function enclosing(scopes: Expression["scopes"]) {
  return scopes.find((scope) => scope.items.some(({ key }) => textOf(key) === "env"));
}

/** A token that may write packages can do that from any machine. */
export const workflowTokenNotRemote: WorkflowRule<SecretNames> = {
  kind: "workflow",
  id: "workflow-token-not-remote",
  level: "advisory",
  severity: "high",
  description: "No token that may write packages is sent to another machine over ssh.",
  remediation:
    "Let the other machine pull with a token of its own that only reads packages, or make the package public.",
  source,
  sees: `${everyFile} Steps with ssh, scp, rsync or an ssh action, in whose script, inputs or env the publishing secret or the job's own token is read.`,
  thresholds: secretNamesSchema,
  learnsSecretName: true,
  *judge(workflow, { secretNames }) {
    for (const { steps } of workflow.jobs)
      for (const step of steps) {
        if (!goesOverSsh(step)) continue;
        const texts = [step.run?.value ?? "", ...valuesOf(workflow, step)];
        const sent = texts
          .flatMap(expressionsIn)
          .some((text) => readsSecret(text, [...secretNames, "GITHUB_TOKEN"]) || readsOwn(text));
        if (sent) yield { line: step.line, must: "send no token that writes packages over ssh" };
      }
  },
};

const sshAction =
  /^(?:appleboy\/(?:ssh|scp)-action|garygrossgarten\/github-action-ssh|fifsky\/ssh-action|webfactory\/ssh-agent|easingthemes\/ssh-deploy|cross-the-world\/ssh-scp-ssh-pipelines)$/i;

function goesOverSsh({ uses, run }: Step): boolean {
  if (run) return /(?:^|[\s;&|(])(?:ssh|scp|rsync|sshpass)\s/m.test(run.value);
  const parsed = parseUses(uses?.value ?? "");
  return parsed.kind === "action" && sshAction.test(parsed.repository);
}

function valuesOf({ yaml }: Workflow, { node }: Step): string[] {
  return ["with", "env"]
    .flatMap((key) => yaml.entries(yaml.at(node, key)))
    .flatMap(({ value }) => textOf(value) ?? []);
}

function readsToken(expression: string): boolean {
  return pathsOf(expression).some(([context]) => context === "secrets") || readsOwn(expression);
}

function readsOwn(expression: string): boolean {
  return pathsOf(expression).some(([context, name]) => context === "github" && name === "token");
}

function readsSecret(expression: string, names: readonly string[]): boolean {
  const wanted = names.map((name) => name.toLowerCase());
  return pathsOf(expression).some(
    ([context, name = ""]) => context === "secrets" && wanted.includes(name),
  );
}

/** The values that an expression shows. */
function pathsOf(expression: string): (readonly string[])[] {
  return readsOf(parseExpression(expression))
    .filter(({ shown }) => shown)
    .map(({ path }) => path);
}
