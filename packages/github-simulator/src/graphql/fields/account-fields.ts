import { webUrl } from "../../serializers/account.ts";
import { canSee, organisationRole } from "../../world/accounts/permissions.ts";
import type { Organisation, User } from "../../world/state/accounts.ts";
import type { Repository } from "../../world/state/repository.ts";
import { connection } from "../core/connection.ts";
import { idOf, accountNode, type RepositoryNode } from "../core/node.ts";
import { visibleRepository } from "../core/find-node.ts";
import { listRulesets } from "./ruleset-fields.ts";
import { listTeams, teamBySlug } from "./team-fields.ts";
import {
  graphqlError,
  type Arguments,
  type GraphqlContext,
  type Resolvers,
} from "../core/resolver.ts";

type AccountNode = { account: User | Organisation };

const shared: Resolvers<AccountNode> = {
  id: ({ account }) => idOf(accountNode(account)),
  login: ({ account }) => account.login,
  name: ({ account }) => account.name,
  databaseId: ({ account }) => account.id,
  url: ({ account }) => `${webUrl}/${account.login}`,
  resourcePath: ({ account }) => `/${account.login}`,
  avatarUrl: ({ account }) => `https://avatars.githubusercontent.com/u/${account.id}?v=4`,
  createdAt: ({ account }) => account.createdAt,
  updatedAt: ({ account }) => account.createdAt,
  repositories: ({ account }, args, context, info) =>
    connection(listRepositories(account, args, context), args, info, (repository) => ({
      type: "Repository",
      repository,
    })),
  repository: ({ account }, args, context): RepositoryNode =>
    visibleRepository(context, account.login, String(args.name)),
};

export const userFields: Resolvers<AccountNode> = {
  ...shared,
  email: ({ account }) => account.email,
  isViewer: ({ account }, _, { actor }) => account.login === actor.login,
  organizations: ({ account }, args, { world }, info) =>
    connection(
      [...world.state.organisations.values()].filter(({ members }) =>
        members.has(account.login.toLowerCase()),
      ),
      args,
      info,
      accountNode,
    ),
};

export const organisationFields: Resolvers<AccountNode> = {
  ...shared,
  description: () => null,
  email: ({ account }) => account.email,
  // An organisation here belongs to no enterprise, so there is nothing to include from one.
  rulesets: ({ account }, args, _, info) =>
    account.kind === "organisation"
      ? listRulesets(account.rulesets, () => account, args, info)
      : null,
  teams: ({ account }, args, context, info) => {
    const found = account.kind === "organisation" ? listTeams(context, account, args) : [];
    return connection(found, args, info, (node) => node);
  },
  team: ({ account }, args, context) =>
    account.kind === "organisation" ? teamBySlug(context, account, String(args.slug)) : null,
  membersWithRole: ({ account }, args, { world }, info) => {
    const roles = account.kind === "organisation" ? account.members : new Map<string, string>();
    const people = [...roles.keys()].flatMap((login) => world.findUser(login) ?? []);
    const page = connection(people, args, info, (account) => ({ type: "User", account }) as const);
    const edges = page.edges.map((edge) => ({
      ...edge,
      role: roles.get(edge.node.account.login.toLowerCase())?.toUpperCase() ?? null,
      hasTwoFactorEnabled: null,
    }));
    return { ...page, edges };
  },
  viewerCanAdminister: ({ account }, _, { world, actor }) =>
    organisationRole(world, actor.login, account.login) === "admin",
  viewerIsAMember: ({ account }, _, { world, actor }) =>
    organisationRole(world, actor.login, account.login) !== undefined,
};

function listRepositories(
  account: User | Organisation,
  args: Arguments,
  { world, actor }: GraphqlContext,
): Repository[] {
  const wanted = (repository: Repository) =>
    canSee({ world, actor }, repository) &&
    (args.isArchived == null || repository.archived === args.isArchived) &&
    args.isFork !== true &&
    (args.visibility == null || repository.visibility.toUpperCase() === args.visibility) &&
    (args.privacy == null || (repository.visibility === "public") === (args.privacy === "PUBLIC"));
  const found = world.repositoriesOf(account.login).filter(wanted);
  const order = args.orderBy as { field: string; direction: string } | undefined;
  const key = orderKeys[order?.field ?? "CREATED_AT"];
  if (key === undefined) {
    throw graphqlError("NOT_IMPLEMENTED", `the simulator does not order by ${order?.field}`);
  }
  const sign = order?.direction === "DESC" ? -1 : 1;
  return found.sort((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.id - b.id));
}

const orderKeys: Readonly<Record<string, (repository: Repository) => string | number>> = {
  CREATED_AT: ({ createdAt }) => createdAt,
  UPDATED_AT: ({ updatedAt }) => updatedAt,
  PUSHED_AT: ({ pushedAt }) => pushedAt,
  NAME: ({ name }) => name.toLowerCase(),
};
