import {
  execute,
  getNamedType,
  getOperationAST,
  GraphQLError,
  parse,
  validate,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
} from "graphql";
import type { Handler } from "hono";
import { z } from "zod";
import { ApiError } from "../http/api-error.ts";
import type { Env } from "../http/env.ts";
import { readBody } from "../http/read-body.ts";
import type { Budget } from "../http/rate-limits.ts";
import { Refusal, type RefusalReason } from "../world/refusal.ts";
import { organisationFields, userFields } from "./fields/account-fields.ts";
import { environmentFields, pullRequestFields, releaseFields } from "./fields/activity-fields.ts";
import { branchProtectionFields } from "./fields/branch-protection-fields.ts";
import { checkRunFields, rollupFields, statusContextFields } from "./fields/check-fields.ts";
import { blobFields, commitFields, refFields, tagFields, treeFields } from "./fields/git-fields.ts";
import {
  issueCommentFields,
  issueFields,
  labelFields,
  milestoneFields,
} from "./fields/issue-fields.ts";
import { mutationFields } from "./mutations/mutation-fields.ts";
import { queryFields } from "./fields/query-fields.ts";
import { reviewFields } from "./fields/review-fields.ts";
import { repositoryFields } from "./fields/repository-fields.ts";
import { rulesetFields } from "./fields/ruleset-fields.ts";
import { connection } from "./core/connection.ts";
import type { Arguments, ErrorType, GraphqlContext, Resolvers } from "./core/resolver.ts";
import { teamFields } from "./fields/team-fields.ts";
import { gitHubSchema } from "./schema.ts";

/** The fields that the simulator knows of each type; the other types are plain values. */
const fieldsByType: Readonly<Record<string, Resolvers<never>>> = {
  Query: queryFields,
  Mutation: mutationFields,
  User: userFields,
  Organization: organisationFields,
  Team: teamFields,
  Repository: repositoryFields,
  Ref: refFields,
  Commit: commitFields,
  Tree: treeFields,
  Blob: blobFields,
  Tag: tagFields,
  BranchProtectionRule: branchProtectionFields,
  RepositoryRuleset: rulesetFields,
  PullRequest: pullRequestFields,
  PullRequestReview: reviewFields,
  Issue: issueFields,
  IssueComment: issueCommentFields,
  Label: labelFields,
  Milestone: milestoneFields,
  Release: releaseFields,
  Environment: environmentFields,
  StatusCheckRollup: rollupFields,
  CheckRun: checkRunFields,
  StatusContext: statusContextFields,
};

const requestBody = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

/** https://docs.github.com/en/graphql/guides/forming-calls-with-graphql */
export function answerGraphql(budget: Budget): Handler<Env> {
  return async (c) => {
    const { world, actor } = c.var;
    if (actor.kind === "anonymous") {
      throw new ApiError(401, "This endpoint requires you to be authenticated.");
    }
    const { query, variables, operationName } = await readBody(c, requestBody, "GraphQL");
    const document = parseQuery(query);
    if (document instanceof GraphQLError) return c.json({ errors: [shapeError(document)] });
    const schema = await gitHubSchema();
    const mistakes = validate(schema, document).filter(({ message }) => !isLenient.test(message));
    if (mistakes.length > 0) return c.json({ errors: mistakes.map(shapeMistake) });
    if (getOperationAST(document, operationName) === null) {
      return c.json({ errors: [{ message: "An operation name is required" }] });
    }
    const contextValue: GraphqlContext = { world, actor, budget };
    const { data, errors } = await execute({
      schema,
      document,
      contextValue,
      variableValues: variables ?? null,
      operationName: operationName ?? null,
      fieldResolver: resolveField,
      typeResolver: (source: { type: string }) => source.type,
    });
    return c.json({
      ...(data !== undefined && { data }),
      ...(errors !== undefined && { errors: errors.map(shapeError) }),
    });
  };
}

/**
 * GitHub allows one name for fields of several types where only one of the objects can be
 * there: `... on Issue { state } ... on PullRequest { state }`, as its own command line does.
 */
const isLenient = /^Fields "\w+" conflict because (they|subfields) .*return conflicting types/;

const resolveField: GraphQLFieldResolver<unknown, GraphqlContext> = (
  source,
  args,
  context,
  info,
) => {
  const { parentType, fieldName } = info;
  const resolver = fieldsByType[parentType.name]?.[fieldName];
  if (resolver !== undefined) {
    const value = resolver(source as never, args as Arguments, context, info);
    return Array.isArray(value) && isConnection(info.returnType)
      ? connection(value, args as Arguments, info)
      : value;
  }
  if (typeof source === "object" && source !== null && Object.hasOwn(source, fieldName)) {
    return (source as Record<string, unknown>)[fieldName];
  }
  throw new GraphQLError(`the simulator does not implement ${parentType.name}.${fieldName}`, {
    extensions: { type: "NOT_IMPLEMENTED" satisfies ErrorType },
  });
};

function isConnection(type: GraphQLOutputType): boolean {
  return getNamedType(type).name.endsWith("Connection");
}

function parseQuery(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

const refusalTypes: Readonly<Record<RefusalReason, ErrorType>> = {
  "not-found": "NOT_FOUND",
  forbidden: "FORBIDDEN",
  stale: "STALE_DATA",
  conflict: "UNPROCESSABLE",
  invalid: "UNPROCESSABLE",
  "rule-violation": "UNPROCESSABLE",
  "not-implemented": "NOT_IMPLEMENTED",
};

/** `{type, path, locations, message}`, in GitHub's order. */
function shapeError(error: GraphQLError) {
  const type =
    error.originalError instanceof Refusal
      ? refusalTypes[error.originalError.reason]
      : error.extensions.type;
  return {
    ...(type !== undefined && { type }),
    ...(error.path !== undefined && { path: error.path }),
    ...(error.locations !== undefined && { locations: error.locations }),
    message: error.message,
  };
}

/** A query that does not match the schema, with GitHub's wording where it is known. */
function shapeMistake(error: GraphQLError) {
  const [, fieldName, typeName] =
    /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message) ?? [];
  const { locations } = error;
  if (fieldName === undefined || typeName === undefined) {
    return { locations, message: error.message };
  }
  return {
    extensions: { code: "undefinedField", typeName, fieldName },
    locations,
    message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
  };
}
