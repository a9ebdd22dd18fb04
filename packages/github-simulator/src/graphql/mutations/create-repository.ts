import type { CreateRepositoryInput } from "@octokit/graphql-schema";
import { auditedRepository, recordAudit } from "../../world/audit-log.ts";
import { createRepository as createInWorld } from "../../world/repositories/create-repository.ts";
import { organisationRole } from "../../world/accounts/permissions.ts";
import { refuseInput, type MutationContext } from "../core/mutation.ts";
import { nodeById, unresolved } from "../core/find-node.ts";
import { graphqlError, type GraphqlContext } from "../core/resolver.ts";

/** https://docs.github.com/en/graphql/reference/mutations#createrepository, which `gh repo create` uses */
export function createRepository(input: CreateRepositoryInput, context: MutationContext) {
  const { world, actor, budget, mutation } = context;
  refuseInput(input, "teamId");
  const owner = input.ownerId == null ? actor.login : ownerLogin(context, input.ownerId);
  const isOwn = owner.toLowerCase() === actor.login.toLowerCase();
  const isPublic = input.visibility === "PUBLIC";
  const mayCreate =
    actor.kind === "classic"
      ? actor.scopes.includes("repo") || (isPublic && actor.scopes.includes("public_repo"))
      : actor.permissions.administration === "write";
  if (!mayCreate || (!isOwn && organisationRole(world, actor.login, owner) === undefined)) {
    const message = `${actor.login} does not have the correct permissions to execute \`${mutation}\``;
    throw graphqlError("FORBIDDEN", message);
  }
  if (!/^[\w.-]+$/.test(input.name)) {
    throw graphqlError("NOT_IMPLEMENTED", "the simulator does not rename what it creates");
  }
  if (world.findRepository(owner, input.name) !== undefined) {
    throw graphqlError("UNPROCESSABLE", "Name already exists on this account");
  }
  budget.createContent(actor);
  const repository = createInWorld(world, owner, input.name, {
    visibility: isPublic ? "public" : input.visibility === "PRIVATE" ? "private" : "internal",
    description: input.description ?? null,
    homepage: input.homepageUrl == null ? null : String(input.homepageUrl),
  });
  Object.assign(repository.settings, {
    has_issues: input.hasIssuesEnabled ?? true,
    has_wiki: input.hasWikiEnabled ?? false,
    is_template: input.template ?? false,
  });
  recordAudit(context, "repo.create", auditedRepository(repository));
  return { repository: { type: "Repository", repository } };
}

function ownerLogin(context: GraphqlContext, id: string): string {
  const owner = nodeById(context, id);
  if (owner.type === "User" || owner.type === "Organization") return owner.account.login;
  throw unresolved(id);
}
