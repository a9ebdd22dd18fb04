import { expect } from "vitest";
import type { Properties } from "../../provider/protocol/property-values.ts";
import type { ResourceContext, ResourceType } from "../../provider/protocol/resource-type.ts";

/** A resource between two runs of the engine. */
export interface Kept {
  readonly id: string;
  readonly inputs: Properties;
  readonly state: Properties;
}

/** One run of the engine: check, diff, and what follows. */
export async function runResource(
  type: Omit<ResourceType, "delete">,
  context: ResourceContext,
  before: Kept | undefined,
  args: Properties,
  preview = false,
): Promise<Kept & { changes: object }> {
  const { inputs, failures } = await type.check(before?.inputs ?? {}, args, context);
  expect(failures).toEqual([]);
  if (!before) return { inputs, ...(await type.create(inputs, preview, context)), changes: {} };
  const changes = await type.diff(before.inputs, inputs, before.state);
  if (Object.keys(changes).length === 0) return { ...before, inputs, changes };
  const state = await type.update(before.id, before.state, inputs, preview, context);
  return { id: before.id, inputs, state, changes };
}

export async function refreshResource(
  type: Pick<ResourceType, "read">,
  context: ResourceContext,
  { id, state, inputs }: Kept,
): Promise<Kept> {
  return (await type.read(id, state, inputs, context))!;
}
