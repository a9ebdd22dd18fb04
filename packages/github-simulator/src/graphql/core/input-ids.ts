import type { Issue, PullRequest, Repository } from "../../world/state/state.ts";
import { nodeOf } from "./mutation-payload.ts";
import { nodeById } from "../fields/query-fields.ts";
import { graphqlError, type GraphqlContext } from "./resolver.ts";

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
