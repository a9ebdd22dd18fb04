import type { Node } from "./node.ts";
import { nodeById, unresolved } from "./find-node.ts";
import { graphqlError, type GraphqlContext, type Resolvers } from "./resolver.ts";
import type { Issue, PullRequest } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";

/** The context of a mutation, with its name as messages write it: `CreateIssue`. */
export interface MutationContext extends GraphqlContext {
  mutation: string;
}

/** Mutations by name: each gets its input, and returns the fields of its payload. */
export type Mutations = Readonly<
  Record<string, (input: never, context: MutationContext) => Record<string, unknown>>
>;

/** Every mutation takes `input`, and returns its `clientMutationId`. */
export function resolversOf(mutations: Mutations): Resolvers<undefined> {
  return Object.fromEntries(
    Object.entries(mutations).map(([name, run]) => [
      name,
      (_, { input }, context) => ({
        clientMutationId: (input as { clientMutationId?: string | null }).clientMutationId ?? null,
        ...run(input as never, {
          ...context,
          mutation: name.charAt(0).toUpperCase() + name.slice(1),
        }),
      }),
    ]),
  );
}

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
  throw unresolved(id);
}

/** For values that a mutation could set and the simulator does not store: ignoring them would be wrong. */
export function refuseInput(input: object, ...names: readonly string[]): void {
  for (const name of names) {
    const value = (input as Record<string, unknown>)[name];
    if (value == null || (Array.isArray(value) && value.length === 0)) continue;
    throw graphqlError("NOT_IMPLEMENTED", `the simulator does not implement input.${name}`);
  }
}

/** The object with an id from the input, if it has the mutation's type. */
export function nodeOf<Type extends Node["type"]>(
  context: GraphqlContext,
  id: string,
  type: Type,
): Extract<Node, { type: Type }> {
  const node = nodeById(context, id);
  if (node.type === type) return node as Extract<Node, { type: Type }>;
  throw unresolved(id, type);
}
