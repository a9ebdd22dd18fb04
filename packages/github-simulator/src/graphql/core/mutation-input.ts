import type { Node } from "./node.ts";
import { nodeById } from "./find-node.ts";
import { graphqlError, type GraphqlContext } from "./resolver.ts";
import type { Issue, PullRequest } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";

export function labelNames(context: GraphqlContext, ids: readonly string[]): string[] {
  return ids.map((id) => nodeOf(context, id, "Label").label.name);
}

/** The logins of people; other ids are skipped. */
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

/** The issue or pull request with this id, for mutations that accept both. */
export function discussionOf(context: GraphqlContext, id: string): Discussion {
  const node = nodeById(context, id);
  if (node.type === "Issue") return { node, repository: node.repository, item: node.issue };
  if (node.type === "PullRequest") return { node, repository: node.repository, item: node.pull };
  throw graphqlError("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}

/** For values that a mutation could set and the simulator does not store: ignoring them would be wrong. */
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

/** Every mutation takes `input` and returns its `clientMutationId`. */
export function payload(
  input: { clientMutationId?: string | null },
  fields: Record<string, unknown>,
) {
  return { clientMutationId: input.clientMutationId ?? null, ...fields };
}

/** The object with an id from the input, if it has the mutation's type. */
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
