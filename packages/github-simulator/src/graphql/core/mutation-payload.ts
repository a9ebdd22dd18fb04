import type { Node } from "./node.ts";
import { nodeById } from "../fields/query-fields.ts";
import { graphqlError, type GraphqlContext } from "./resolver.ts";

/** Every mutation takes `input` and hands its `clientMutationId` back. */
export function payload(
  input: { clientMutationId?: string | null },
  fields: Record<string, unknown>,
) {
  return { clientMutationId: input.clientMutationId ?? null, ...fields };
}

/** What an id of the input names, if it is of the type that the mutation takes. */
export function nodeOf<Type extends Node["type"]>(
  context: GraphqlContext,
  id: string,
  type: Type,
): Extract<Node, { type: Type }> {
  const node = nodeById(context, id);
  if (node.type === type) return node as Extract<Node, { type: Type }>;
  throw graphqlError(
    "NOT_FOUND",
    `Could not resolve to ${type} node with the global id of '${id}'.`,
  );
}
