import { z } from "zod";
import { propertiesOf, type ResourceProperties } from "../../src/properties/resource-properties.ts";

/** A package: its provider's arguments, and its resources. */
export interface PackageDeclaration {
  readonly name: string;
  readonly version: string;
  readonly displayName: string;
  readonly description: string;
  readonly provider: { readonly description: string; readonly args: z.ZodType };
  readonly resources: readonly ResourceProperties[];
}

/**
 * Pulumi package schema, as JSON.
 *
 * @see https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
 */
export function packageSchema({ provider, resources, ...about }: PackageDeclaration): string {
  const types: Record<string, object> = {};
  const convert = converter(`${about.name}:index`, types);
  const inputs = (args: z.ZodType) => {
    const { properties, required } = convert(args, "input");
    return { inputProperties: properties, requiredInputs: required };
  };
  return JSON.stringify({
    ...about,
    provider: { description: provider.description, ...inputs(provider.args) },
    resources: Object.fromEntries(
      resources.map(({ token, description, args, state }) => [
        token,
        { description, ...inputs(args), ...convert(state, "output") },
      ]),
    ),
    types,
  });
}

/** The part of zod's JSON Schema that is used here. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly secret?: boolean;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly const?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/**
 * Pulumi has types, maps, lists and named objects. Its schema has no patterns and limits; `check`
 * enforces them.
 *
 * @param types receives the named objects
 */
function converter(module: string, types: Record<string, object>) {
  const toType = ({ $ref, ...schema }: JsonSchema): object => {
    if ($ref !== undefined) return { $ref: $ref.replace("#/$defs/", `#/types/${module}:`) };
    const { description, secret, items, additionalProperties } = schema;
    // A property that may be null is not required; Pulumi's schema has no other sign for it.
    const [only] = (schema.anyOf ?? []).filter(({ type }) => type !== "null");
    const [type] = [schema.type ?? []].flat().filter((each) => each !== "null");
    return {
      ...(only ? toType(only) : { type }),
      ...(items && { items: toType(items) }),
      ...(additionalProperties && { additionalProperties: toType(additionalProperties) }),
      ...(description !== undefined && { description }),
      ...(secret && { secret }),
    };
  };
  const toObject = ({ properties = {}, required = [] }: JsonSchema) => ({
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [name, toType(each)]),
    ),
    required,
  });
  return (schema: z.ZodType, io: "input" | "output") => {
    // A union is shown as one object; only properties that all members require are required.
    const members = schema instanceof z.ZodUnion ? schema.options : [schema];
    const json = z.toJSONSchema(z.object(propertiesOf(schema)), { io }) as JsonSchema;
    for (const [name, each] of Object.entries(json.$defs ?? {})) {
      types[`${module}:${name}`] = { type: "object", ...toObject(each) };
    }
    const needed = members.map((each) => z.toJSONSchema(each as z.ZodType, { io }).required ?? []);
    const required = json.required?.filter((name) => needed.every((all) => all.includes(name)));
    return toObject({ ...json, required: required ?? [] });
  };
}
