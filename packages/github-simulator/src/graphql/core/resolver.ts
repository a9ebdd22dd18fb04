import { GraphQLError, type GraphQLResolveInfo } from "graphql";
import type { Budget } from "../../http/rate-limits.ts";
import type { AuthenticatedActor } from "../../world/actor.ts";
import type { World } from "../../world/world.ts";

export interface GraphqlContext {
  world: World;
  actor: AuthenticatedActor;
  budget: Budget;
}

/** The arguments of a field; the schema has already checked them. */
export type Arguments = Readonly<Record<string, unknown>>;

export type Resolvers<Source> = Readonly<
  Record<
    string,
    (source: Source, args: Arguments, context: GraphqlContext, info: GraphQLResolveInfo) => unknown
  >
>;

/** Fields that a part of the source has under the same names. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it checks the names
export function fieldsOf<Part extends object>(
  part: string,
  names: readonly (keyof Part & string)[],
): Resolvers<never> {
  return Object.fromEntries(
    names.map((name) => [name, (source: Record<string, Part>) => source[part]?.[name]]),
  );
}

/** GitHub's error types: https://docs.github.com/en/graphql/guides/using-the-graphql-api-for-discussions */
export type ErrorType =
  | "NOT_FOUND"
  | "FORBIDDEN"
  | "INSUFFICIENT_SCOPES"
  | "STALE_DATA"
  | "UNPROCESSABLE"
  | "EXCESSIVE_PAGINATION"
  | "MISSING_PAGINATION_BOUNDARIES"
  | "NOT_IMPLEMENTED"
  | "RATE_LIMITED"
  | "INTERNAL";

export function graphqlError(type: ErrorType, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}
