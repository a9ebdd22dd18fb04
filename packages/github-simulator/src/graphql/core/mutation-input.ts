import type { Node } from "./node.ts";
import { nodeById } from "./find-node.ts";
import { graphqlError, type GraphqlContext } from "./resolver.ts";
import type { Issue, PullRequest } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";

export function labelNames(context: GraphqlContext, ids: readonly string[]): string[] {
  return ids.map((id) => nodeOf(context, id, "Label").label.name);
}

/** The logins of people; ids of others than people name nobody. */
export function logins(context: GraphqlContext, ids: readonly string[]): string[] {
  return ids.flatMap((id) => {
    const person = nodeById(context, id);
    return person.type === "User" ? [person.account.login] : [];
  });
}

interface Discussion {
  node: { type: string; repository: Repository };
  repository: Repository;
  item: Issue | PullRequest;
}

/** The issue or pull request of an id, which one mutation takes alike. */
export function discussionOf(context: GraphqlContext, id: string): Discussion {
  const node = nodeById(context, id);
  if (node.type === "Issue") return { node, repository: node.repository, item: node.issue };
  if (node.type === "PullRequest") return { node, repository: node.repository, item: node.pull };
  throw graphqlError("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}

/** For what a mutation could set that the simulator does not keep: to ignore it is to answer wrongly. */
export function refuseInput(
  input: Readonly<Record<string, unknown>>,
  ...names: readonly string[]
): void {
  for (const name of names) {
    const value = input[name];
    if (value == null || (Array.isArray(value) && value.length === 0)) continue;
    throw graphqlError("NOT_IMPLEMENTED", `the simulator does not implement input.${name}`);
  }
}

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
