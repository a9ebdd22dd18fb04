import type { WorkflowDispatchConfig } from "@actions/workflow-parser/model/workflow-template";
import { toText, type Json } from "../language/expression.ts";

/** A dispatch that GitHub refuses with 422. */
export class DispatchRefusal extends Error {}

/**
 * The inputs of a dispatch as `inputs` (typed) and `github.event.inputs` (texts) see them.
 * @throws DispatchRefusal with the words of GitHub's REST API
 * @see https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
 */
export function resolveDispatchInputs(
  config: WorkflowDispatchConfig,
  given: Readonly<Record<string, Json>>,
): { typed: Record<string, Json>; texts: Record<string, string> } {
  const definitions = config.inputs ?? {};
  const unknown = Object.keys(given).filter((name) => !(name in definitions));
  if (unknown.length > 0) {
    throw new DispatchRefusal(`Unexpected inputs provided: ${JSON.stringify(unknown)}`);
  }
  const typed: Record<string, Json> = {};
  const texts: Record<string, string> = {};
  for (const [name, definition] of Object.entries(definitions)) {
    // The parser's enum of types has no `number`.
    const { type = "number" }: { type?: string } = definition;
    const value: Json = given[name] ?? definition.default ?? null;
    if ((value === null || value === "") && definition.required === true) {
      throw new DispatchRefusal(`Required input '${name}' not provided`);
    }
    const text = toText(value);
    typed[name] = typeInput(name, type, text, definition.options);
    texts[name] = type === "boolean" && text === "" ? "false" : text;
  }
  return { typed, texts };
}

function typeInput(
  name: string,
  type: string,
  text: string,
  options: readonly string[] | undefined,
): Json {
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
      if (text !== "" && !(options ?? []).includes(text)) {
        throw new DispatchRefusal(
          `Provided value '${text}' for input '${name}' not in the list of allowed values`,
        );
      }
      return text;
    default:
      return text;
  }
}
