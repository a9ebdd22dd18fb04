import { webUrl } from "../../serializers/account.ts";
import { canSee } from "../../world/accounts/permissions.ts";
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
  fieldsOf,
} from "../core/resolver.ts";

type AccountNode = { account: User | Organisation };

const shared: Resolvers<AccountNode> = {
  id: ({ account }) => idOf(accountNode(account)),
  ...fieldsOf<User | Organisation>("account", ["login", "name", "email", "createdAt"]),
  databaseId: ({ account }) => account.id,
  url: ({ account }) => `${webUrl}/${account.login}`,
  resourcePath: ({ account }) => `/${account.login}`,
  avatarUrl: ({ account }) => `https://avatars.githubusercontent.com/u/${account.id}?v=4`,
  updatedAt: ({ account }) => account.createdAt,
  repositories: ({ account }, args, context) =>
    listRepositories(account, args, context).map((repository) => ({
      type: "Repository",
      repository,
    })),
  repository: ({ account }, args, context): RepositoryNode =>
    visibleRepository(context, account.login, String(args.name)),
};

export const userFields: Resolvers<AccountNode> = {
  ...shared,
  organizations: ({ account }, _, { world }) =>
    [...world.state.organisations.values()]
      .filter(({ members }) => members.has(account.login.toLowerCase()))
      .map(accountNode),
};

export const organisationFields: Resolvers<{ account: Organisation }> = {
  ...shared,
  description: ({ account }) => account.settings.description,
  // An organisation here belongs to no enterprise, so there is nothing to include from one.
  rulesets: ({ account }, args) => listRulesets(account.rulesets, () => account, args),
  teams: ({ account }, args, context) => listTeams(context, account, args),
  team: ({ account }, args, context) => teamBySlug(context, account, String(args.slug)),
  membersWithRole: ({ account }, args, { world }, info) => {
    const people = [...account.members.keys()].flatMap((login) => world.findUser(login) ?? []);
    return connection(people.map(accountNode), args, info, ({ account: { login } }) => ({
      role: account.members.get(login.toLowerCase())?.toUpperCase() ?? null,
      hasTwoFactorEnabled: null,
    }));
  },
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
