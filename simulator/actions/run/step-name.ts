import { literalText } from "../language/literal-text.ts";
import { evaluateToken, toText, type ExpressionScope } from "../language/expression.ts";
import { isBasicExpression } from "../language/github-language.ts";
import type { StepDefinition } from "../language/workflow-file.ts";

/** The name people see: given, or `Run <first line>`. */
export function stepName(step: StepDefinition, scope: ExpressionScope): string {
  const name = step.token.find("name");
  if (name !== undefined) return toText(evaluateToken(name, scope));
  const uses = literalText(step.token.find("uses"));
  if (uses !== undefined) return `Run ${uses}`;
  const run = step.token.find("run");
  const text =
    run === undefined
      ? ""
      : isBasicExpression(run)
        ? (run.source ?? run.expression)
        : (literalText(run) ?? "");
  return `Run ${text.trim().split("\n")[0] ?? ""}`;
}
