import { z } from "zod";

/**
 * The only declaration of a resource's properties. The schema that the provider serves, the checks of
 * its inputs, the typed class for programs and the code that reads the state are derived from it.
 */
export interface ResourceProperties<
  Args extends z.ZodType = z.ZodType,
  State extends z.ZodObject = z.ZodObject,
> {
  /** e.g. `ghcr:index:RegistrySecret` */
  readonly token: string;
  readonly description: string;
  /** The inputs in a program. */
  readonly args: Args;
  /**
   * The properties in the state, inputs and outputs. An output that may be absent is `nullish`: the
   * provider sends null for it, because a preview would treat a missing output as unknown. Properties
   * that are added to a released resource are optional, so that older states can still be read.
   */
  readonly state: State;
}

/** A state as the provider decodes it, without nulls. */
export type StateOf<Properties extends ResourceProperties> = {
  [Name in keyof z.output<Properties["state"]>]: Exclude<z.output<Properties["state"]>[Name], null>;
};

/** Marks a property whose value the engine encrypts and masks. */
export function secret<Schema extends z.ZodType>(schema: Schema, description: string): Schema {
  return schema.meta({ description, secret: true });
}

/** The properties of an object, or of every member of a union. */
export function propertiesOf(schema: z.ZodType): Record<string, z.ZodType> {
  if (schema instanceof z.ZodObject) return schema.shape;
  if (!(schema instanceof z.ZodUnion)) return {};
  return Object.fromEntries(
    schema.options.flatMap((each) => Object.entries(propertiesOf(each as z.ZodType))),
  );
}

/** Names of the outputs that may be absent. */
export function absentOutputs({ state }: ResourceProperties): string[] {
  return Object.entries(state.shape)
    .filter(([, schema]) => z.safeParse(schema, null).success)
    .map(([name]) => name);
}

/** Names of the properties that {@link secret} marks. */
export function secretArgs({ args }: ResourceProperties): string[] {
  return Object.entries(propertiesOf(args))
    .filter(([, schema]) => schema.meta()?.["secret"] === true)
    .map(([name]) => name);
}
