import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { isBoolean, isNumber, isString } from "./github-language.ts";

/** The text of a node that must not contain an expression, such as `uses`; else `undefined`. */
export function literalText(token: TemplateToken | undefined): string | undefined {
  if (token === undefined) return undefined;
  return isString(token) || isNumber(token) || isBoolean(token) ? String(token.value) : undefined;
}
