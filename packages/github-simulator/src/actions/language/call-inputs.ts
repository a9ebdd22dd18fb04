import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { toText, type Json } from "./expression.ts";
import { isMapping } from "./github-language.ts";
import { literalText } from "./literal-text.ts";
import type { CallJob, FilePlace } from "./workflow-file.ts";

/** An input of a called workflow. */
export interface CallInput {
  readonly name: string;
  /** `boolean`, `number` or `string` */
  readonly type: string;
  /** What the caller gives, else the default. */
  readonly token: TemplateToken | undefined;
  readonly isGiven: boolean;
  /** The file of the token. */
  readonly path: string;
}

/** @param caller the file of the job */
export function callInputs(caller: FilePlace, { token, called }: CallJob): CallInput[] {
  const given = token.find("with");
  const values = given !== undefined && isMapping(given) ? Array.from(given) : [];
  return Array.from(called.call.inputs ?? [], ({ key, value: definition }) => {
    const name = key.toString();
    const part = (field: string) =>
      isMapping(definition) ? (definition.find(field) ?? undefined) : undefined;
    const own = values.find((each) => each.key.toString().toLowerCase() === name.toLowerCase());
    return {
      name,
      type: literalText(part("type")) ?? "string",
      token: own?.value ?? part("default"),
      isGiven: own !== undefined,
      path: own === undefined ? called.place.path : caller.path,
    };
  });
}

/**
 * A value as the type of an input requires it. Strings are not converted to another type.
 * @throws Error in GitHub's wording
 * @see https://github.com/actions/runner/blob/main/src/Sdk/WorkflowParser/Conversion/WorkflowTemplateConverter.cs
 */
export function typeInput({ type, token, path }: CallInput, value: Json): Json {
  if (token === undefined) return type === "boolean" ? false : type === "number" ? 0 : "";
  if (type === "string") return toText(value);
  if (typeof value === type) return value;
  const place = `${path} (Line: ${token.line ?? 0}, Col: ${token.col ?? 0})`;
  throw new Error(`${place}: Unexpected value '${toText(value)}'`);
}
