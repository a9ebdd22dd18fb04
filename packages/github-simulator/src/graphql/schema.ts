import { buildSchema, extendSchema, parse, type GraphQLSchema } from "graphql";

/**
 * Additions to GitHub's schema since it was published: what its own command line uses, and the custom
 * properties of repositories.
 * https://github.com/cli/cli/tree/trunk/api
 */
const additions = `
  scalar CustomPropertyValue
  type RepositoryCustomPropertyValue { propertyName: String! value: CustomPropertyValue! }
  type RepositoryCustomPropertyValueConnection {
    edges: [RepositoryCustomPropertyValueEdge]
    nodes: [RepositoryCustomPropertyValue]
    pageInfo: PageInfo!
    totalCount: Int!
  }
  type RepositoryCustomPropertyValueEdge { cursor: String! node: RepositoryCustomPropertyValue }
  extend type Repository {
    repositoryCustomPropertyValues(
      after: String, before: String, first: Int, last: Int
    ): RepositoryCustomPropertyValueConnection
  }
  type IssueType { id: ID! name: String! description: String color: String }
  union Assignee = Bot | Mannequin | Organization | User
  type AssigneeConnection {
    edges: [AssigneeEdge]
    nodes: [Assignee]
    pageInfo: PageInfo!
    totalCount: Int!
  }
  type AssigneeEdge { cursor: String! node: Assignee }
  extend type Issue {
    issueType: IssueType
    assignedActors(after: String, before: String, first: Int, last: Int): AssigneeConnection!
    blockedBy(after: String, before: String, first: Int, last: Int): IssueConnection!
    blocking(after: String, before: String, first: Int, last: Int): IssueConnection!
  }
  extend type PullRequest {
    assignedActors(after: String, before: String, first: Int, last: Int): AssigneeConnection!
  }
  input ReplaceActorsForAssignableInput {
    actorIds: [ID!]
    actorLogins: [String!]
    assignableId: ID!
    clientMutationId: String
  }
  type ReplaceActorsForAssignablePayload { assignable: Assignable clientMutationId: String }
  input RequestReviewsByLoginInput {
    botLogins: [String!]
    clientMutationId: String
    pullRequestId: ID!
    teamSlugs: [String!]
    union: Boolean
    userLogins: [String!]
  }
  type RequestReviewsByLoginPayload { clientMutationId: String pullRequest: PullRequest }
  extend type Mutation {
    replaceActorsForAssignable(
      input: ReplaceActorsForAssignableInput!
    ): ReplaceActorsForAssignablePayload
    requestReviewsByLogin(input: RequestReviewsByLoginInput!): RequestReviewsByLoginPayload
  }
`;

let built: Promise<GraphQLSchema> | undefined;

/** GitHub's public schema; parsing its megabyte takes time, so only at the first query. */
export function gitHubSchema(): Promise<GraphQLSchema> {
  built ??= import("@octokit/graphql-schema").then(({ schema }) =>
    extendSchema(buildSchema(schema.idl, { assumeValid: true }), parse(additions), {
      assumeValid: true,
    }),
  );
  return built;
}
