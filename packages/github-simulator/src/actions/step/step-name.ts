import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { literalText } from "../language/literal-text.ts";
import { evaluateToken, toText, type ExpressionScope } from "../language/expression.ts";
import { isBasicExpression } from "../language/github-language.ts";
import type { StepDefinition } from "../language/workflow-file.ts";

/**
 * The name that people see: given, or `Run <first line>`. An expression in it that cannot be evaluated
 * (yet) is shown as text.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionRunner.cs
 */
export function stepName({ token }: StepDefinition, scope: ExpressionScope): string {
  const name = token.find("name");
  if (name !== undefined) return firstLine(textOf(name, scope));
  const body = token.find("uses") ?? token.find("run");
  return `Run ${body === undefined ? "" : firstLine(textOf(body, scope))}`;
}

function textOf(token: TemplateToken, scope: ExpressionScope): string {
  try {
    return toText(evaluateToken(token, scope));
  } catch {
    return isBasicExpression(token)
      ? (token.source ?? token.expression)
      : (literalText(token) ?? "");
  }
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
