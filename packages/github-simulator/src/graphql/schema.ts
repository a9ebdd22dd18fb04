import { buildSchema, type GraphQLSchema } from "graphql";

let built: Promise<GraphQLSchema> | undefined;

/** GitHub's public schema; parsing its megabyte takes a moment, so at the first query only. */
export function gitHubSchema(): Promise<GraphQLSchema> {
  built ??= import("@octokit/graphql-schema").then(({ schema }) =>
    buildSchema(schema.idl, { assumeValid: true }),
  );
  return built;
}
