import type { MappingToken } from "@actions/workflow-parser/templates/tokens/mapping-token";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { evaluateToken, toText, type Json } from "../language/expression.ts";

/** A dispatch that GitHub refuses with 422. */
export class DispatchRefusal extends Error {}

/**
 * The inputs of a dispatch, for `inputs` (typed) and `github.event.inputs` (strings).
 * @param definitions `on.workflow_dispatch.inputs`; the parser has checked their form
 * @throws DispatchRefusal with the message of GitHub's REST API
 * @see https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
 */
export function resolveDispatchInputs(
  definitions: MappingToken | undefined,
  given: Readonly<Record<string, Json>>,
): { typed: Record<string, Json>; texts: Record<string, string> } {
  const defined = new Map(
    Array.from(definitions ?? [], ({ key, value }) => [key.toString(), asRecord(value)]),
  );
  const unknown = Object.keys(given).filter((name) => !defined.has(name));
  if (unknown.length > 0) {
    throw new DispatchRefusal(`Unexpected inputs provided: ${JSON.stringify(unknown)}`);
  }
  const typed: Record<string, Json> = {};
  const texts: Record<string, string> = {};
  for (const [name, definition] of defined) {
    const type = toText(definition.type ?? "string");
    const text = toText(given[name] ?? definition.default ?? null);
    if (text === "" && definition.required === true) {
      throw new DispatchRefusal(`Required input '${name}' not provided`);
    }
    typed[name] = typeInput(name, type, text, definition.options);
    texts[name] = type === "boolean" && text === "" ? "false" : text;
  }
  return { typed, texts };
}

function asRecord(token: TemplateToken): Readonly<Record<string, Json>> {
  const value = evaluateToken(token, { contexts: {} });
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, Json>)
    : {};
}

function typeInput(name: string, type: string, text: string, options: Json | undefined): Json {
  switch (type) {
    case "boolean":
      if (!["", "true", "false"].includes(text)) {
        throw new DispatchRefusal(`Provided value '${text}' for input '${name}' is not a boolean`);
      }
      return text === "true";
    case "number":
      if (Number.isNaN(Number(text))) {
        throw new DispatchRefusal(`Provided value '${text}' for input '${name}' is not a number`);
      }
      return text === "" ? "" : Number(text);
    case "choice":
      if (text !== "" && !(Array.isArray(options) && options.includes(text))) {
        throw new DispatchRefusal(
          `Provided value '${text}' for input '${name}' not in the list of allowed values`,
        );
      }
      return text;
    default:
      return text;
  }
}
